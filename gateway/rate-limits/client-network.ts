// What counts as one client.
import { isIPv6 } from 'node:net'

/**
 * An IPv4 address as it is, also where a socket for both kinds shows it as `::ffff:192.0.2.1`. Of an IPv6 address the
 * first 64 bits: every household and server is given that many addresses and more, and so could take a new one for each
 * request.
 */
export function clientNetwork(address: string): string {
  if (!isIPv6(address)) return address
  const mapped = /^::ffff:([\d.]+)$/i.exec(address)?.[1]
  return mapped ?? `${groupsOf(address).slice(0, 4).join(':')}::/64`
}

/** The eight groups of an address, of which `::` leaves out those that are zero; without leading zeros. */
function groupsOf(address: string): string[] {
  // The last two may be written as an IPv4 address, and a zone may follow. Neither is in the part that is looked at.
  const [head = '', tail] = address
    .replace(/%.*$/, '')
    .replace(/[\d.]+\.\d+$/, '0:0')
    .split('::')
  const split = (text = '') => text.split(':').filter(Boolean)
  const [before, after] = [split(head), split(tail)]
  const left = Array.from({ length: 8 - before.length - after.length }, () => '0')
  return [...before, ...left, ...after].map((group) => parseInt(group, 16).toString(16))
}

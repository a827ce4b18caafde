import { expect, it } from 'vitest'
import { clientNetwork } from './client-network.ts'

it.each([
  ['an IPv4 address', '192.0.2.1', '192.0.2.1'],
  ['an IPv4 address at a socket for both kinds', '::ffff:192.0.2.1', '192.0.2.1'],
  ['a full IPv6 address', '2001:0db8:0001:0002:0003:0004:0005:0006', '2001:db8:1:2::/64'],
  ['one with zeros left out at the end', '2001:db8::', '2001:db8:0:0::/64'],
  ['one with zeros left out in the middle', '2001:db8::7:0:0:0:6', '2001:db8:0:7::/64'],
  ['one with zeros left out at the start', '::1', '0:0:0:0::/64'],
  ['one in capitals', '2001:DB8:A:B::1', '2001:db8:a:b::/64'],
  ['one that ends as an IPv4 address', '2001:db8:1:2:3:4:192.0.2.1', '2001:db8:1:2::/64'],
  ['one of a link', 'fe80::1%eth0', 'fe80:0:0:0::/64'],
])('knows a client by %s', (_what, address, network) => {
  expect(clientNetwork(address)).toBe(network)
})

it('takes addresses of one household for one client, and those of the next for another', () => {
  expect(clientNetwork('2001:db8:1:2::1')).toBe(clientNetwork('2001:db8:1:2:ffff::'))
  expect(clientNetwork('2001:db8:1:2::1')).not.toBe(clientNetwork('2001:db8:1:3::1'))
})

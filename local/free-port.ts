import { createServer } from 'node:net'
import type { AddressInfo } from 'node:net'
import { systemCode } from './problem.ts'

/**
 * A port of the loopback address that was free a moment ago.
 *
 * @param preferred taken if it is free
 */
export async function freePort(preferred = 0): Promise<number> {
  const server = createServer()
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(preferred, '127.0.0.1', resolve)
    })
  } catch (error) {
    if (preferred !== 0 && systemCode(error) === 'EADDRINUSE') return freePort()
    throw error
  }
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}

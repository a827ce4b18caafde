import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { isReady } from './healthcheck.ts'

let status: number
const paths: (string | undefined)[] = []
const server = createServer((request, response) => {
  paths.push(request.url)
  response.writeHead(status).end()
})
const port = () => String((server.address() as AddressInfo).port)

beforeEach(async () => {
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
})
afterEach(() => void server.close())

it('takes a container for healthy that says it is ready', async () => {
  status = 200

  expect(await isReady(port())).toBe(true)
  expect(paths).toEqual(['/readyz'])
})

it('takes one for unhealthy that says it is not, or does not listen', async () => {
  status = 503

  expect(await isReady(port())).toBe(false)
  expect(await isReady('1')).toBe(false)
})

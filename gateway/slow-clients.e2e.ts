// Clients that send a byte now and then, to hold a connection for nothing; and those whose network is merely slow.
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { filmsGateway } from './testing/films.ts'

let films: Awaited<ReturnType<typeof filmsGateway>>

beforeAll(async () => {
  films = await filmsGateway()
})
afterAll(() => films.close())

const body = JSON.stringify({ query: '{ films { title } }' })
const head = `POST /graphql HTTP/1.1\r\nhost: gateway\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n`

describe.concurrent('a client', () => {
  it.each([
    ['whose headers have no end', [head, ...Array<string>(200).fill('x: y\r\n')]],
    ['that connects and says nothing', []],
  ])('%s is cut off after ten seconds', async (_what, parts) => {
    const { answer, tookMs } = await drip(parts)

    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(tookMs).toBeGreaterThan(9_000)
    expect(tookMs).toBeLessThan(13_000)
  })

  it('that takes its time is answered', async () => {
    const slowly = `${head}connection: close\r\n\r\n${body}`.match(/[^]{1,12}/g)!
    const { answer, tookMs } = await drip(slowly)

    expect(answer).toMatch(/^HTTP\/1.1 200 /)
    expect(answer).toContain('"title":"Playtime"')
    expect(tookMs).toBeGreaterThan(2_000)
  })
})

// One part every 250 ms.
async function drip(parts: readonly string[]): Promise<{ answer: string; tookMs: number }> {
  const startedMs = performance.now()
  const socket = connect(Number(new URL(films.url).port), '127.0.0.1').setEncoding('utf8')
  let answer = ''
  const closed = new Promise((resolve) => socket.once('close', resolve))
  socket.on('data', (text) => (answer += text)).on('error', () => {}) // written to while it was being closed
  for (const part of parts) {
    if (socket.destroyed) break
    socket.write(part)
    await Promise.race([closed, sleep(250)])
  }
  await closed
  return { answer, tookMs: performance.now() - startedMs }
}

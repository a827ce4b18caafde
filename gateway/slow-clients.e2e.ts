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
  it('whose headers have no end is cut off after ten seconds', async () => {
    const { answer, tookMs } = await drip([head, ...Array<string>(200).fill('x: y\r\n')])

    expect(answer).toMatch(/^HTTP\/1.1 408 /)
    expect(tookMs).toBeGreaterThan(9_000)
    expect(tookMs).toBeLessThan(13_000)
  })

  // As a browser does that expects to need one, and a client that drops a request it had a connection made for.
  it('that connects and says nothing for a while is answered when it asks', async () => {
    const { answer } = await drip([...Array<string>(60).fill(''), `${head}connection: close\r\n\r\n${body}`])

    expect(answer).toMatch(/^HTTP\/1.1 200 /)
  })

  it('that speaks no HTTP is told so, with a code', async () => {
    const { answer } = await drip(['hello\r\n\r\n'])

    expect(answer).toMatch(/^HTTP\/1.1 400 /)
    expect(answer).toContain('"extensions":{"code":"BAD_REQUEST"}')
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
    if (part) socket.write(part)
    await Promise.race([closed, sleep(250)])
  }
  await closed
  return { answer, tookMs: performance.now() - startedMs }
}

// What keeps the bench honest, over real sockets: answers are compared, and the load takes none but the right ones.
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, describe, expect, it } from 'vitest'
import { compareAnswers } from './answers.ts'
import { startLoadGenerator } from './load-generator.ts'

const closing: (() => unknown)[] = []
afterAll(() => Promise.all(closing.map((close) => close())))

describe('the answers of contenders', () => {
  it('are equal whatever way a moment is written, and are as long as each of them writes them', async () => {
    const one = await contender('one', (page) => items(page, '2026-11-21T09:30:00.000Z'))
    const other = await contender('other', (page) => items(page, '2026-11-21T09:30:00+00:00'))

    const requests = await compareAnswers([one, other], 'small', 3)

    expect([...requests.keys()]).toEqual(['one', 'other'])
    for (const [name, each] of requests) {
      expect(each.map(({ body }) => body)).toEqual(['0', '1', '2'])
      expect(each[0]!.bytes).toBe(
        JSON.stringify(items(0, name === 'one' ? '2026-11-21T09:30:00.000Z' : '2026-11-21T09:30:00+00:00')).length,
      )
    }
  })

  it('end the comparison where one of them differs', async () => {
    const one = await contender('one', (page) => items(page))
    const other = await contender('other', (page) => items(page === 1 ? 7 : page))

    await expect(compareAnswers([one, other], 'small', 3)).rejects.toThrow('other answers otherwise than one')
  })

  it('are not taken where there are errors, too few items, or the same page for each', async () => {
    const failing = await contender('failing', (page) => ({ ...items(page), errors: [{ message: 'no' }] }))
    const short = await contender('short', () => ({ data: { items: { nodes: [] } } }))
    const constant = await contender('constant', () => items(1))

    await expect(compareAnswers([failing], 'small', 2)).rejects.toThrow('failing answers with errors')
    await expect(compareAnswers([short], 'small', 2)).rejects.toThrow('no page of 3 items')
    await expect(compareAnswers([constant], 'small', 2)).rejects.toThrow('Some pages are equal')
  })
})

describe('the load', () => {
  it('is counted, and sends its requests in turn', async () => {
    const bodies: string[] = []
    const { url } = await contender('one', (page) => (bodies.push(String(page)), items(page)))
    const load = loadGenerator()
    const bytes = JSON.stringify(items(0)).length

    const requests = ['1', '2', '3'].map((body) => ({ body, bytes }))
    const { answered, elapsedMs, p50Ms, p99Ms } = await load.run({ url, requests, connections: 1, durationMs: 100 })

    expect(answered).toBe(bodies.length)
    expect(bodies.slice(0, 4)).toEqual(['1', '2', '3', '1'])
    expect(elapsedMs).toBeGreaterThanOrEqual(100)
    expect(p50Ms).toBeLessThanOrEqual(p99Ms)
  })

  it('ends at an answer that is not as long as the right one', async () => {
    const { url } = await contender('one', (page) => items(page))
    const job = { url, requests: [{ body: '1', bytes: 1 }], connections: 2, durationMs: 5_000 }

    await expect(loadGenerator().run(job)).rejects.toThrow('instead of 1 with 200')
  })
})

function items(page: number, createdAt = '2026-11-21T09:30:00.000Z') {
  return { data: { items: { nodes: [0, 1, 2].map((index) => ({ id: `${page}-${index}`, createdAt })) } } }
}

/** Answers JSON to a page's number. */
async function contender(name: string, answer: (page: number) => object) {
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk) => (body += chunk))
    request.on('end', () => response.end(JSON.stringify(answer(Number(body)))))
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  closing.push(() => server.close().closeAllConnections())
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  return { name, url, body: (_query: string, page: number) => String(page) }
}

function loadGenerator() {
  const load = startLoadGenerator()
  closing.push(load.end)
  return load
}

import { rename, writeFile } from 'node:fs/promises'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { gatewayConfig } from '../platform/config.ts'
import { makeLog } from '../platform/log.ts'
import { startGateway } from './index.ts'
import { filmsGateway } from './testing/films.ts'

let films: Awaited<ReturnType<typeof filmsGateway>>

beforeEach(async () => {
  films = await filmsGateway()
})
afterEach(() => films.close())

const typeHasYear = async () => {
  const { data } = await films.ask('{ __type(name: "Film") { fields { name } } }')
  return data.__type.fields.some(({ name }: { name: string }) => name === 'year')
}

it('serves a new supergraph as soon as its file changes, without a failed request', async () => {
  let isDone = false
  const failures: unknown[] = []
  const load = (async () => {
    while (!isDone) {
      const { data } = await films.ask('{ films { title director { name } } }')
      if (data?.films?.length !== 2) failures.push(data)
    }
  })()

  await writeFile(films.file, films.supergraphWithYear())

  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
  isDone = true
  await load
  expect(failures).toEqual([])
})

it('notices a file that is put in the place of the old one', async () => {
  await writeFile(`${films.file}.next`, films.supergraphWithYear())
  await rename(`${films.file}.next`, films.file)

  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
})

it.each([
  ['no SDL', 'type {'],
  ['no supergraph', 'type Query { a: Int }'],
])('keeps the last good supergraph when the new one is %s, and takes the next good one', async (_what, broken) => {
  await writeFile(films.file, broken)
  await new Promise((resolve) => setTimeout(resolve, 1_200))

  expect((await films.ask('{ films { title } }')).data.films).toHaveLength(2)

  await writeFile(films.file, films.supergraphWithYear())
  await vi.waitFor(async () => expect(await typeHasYear()).toBe(true), { timeout: 5_000 })
})

it('does not start on a file that is no supergraph, and says why', async () => {
  await writeFile(films.file, 'type Query { a: Int }')
  const start = startGateway(gatewayConfig({ PORT: '0', SUPERGRAPH: films.file }), {
    log: makeLog('test', 'silent'),
    pubsub: null,
  })

  await expect(start).rejects.toThrow(/supergraph/i)
})

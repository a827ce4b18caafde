// What is kept of what clients send: bounded by text, since that is what a stranger can make long.
import { parse } from 'graphql'
import { expect, it } from 'vitest'
import { documentStore, persistedQueryStore } from './graphql-over-http.ts'
import { DOCUMENT_CHARACTERS_KEPT } from './operations/operations.ts'

const long = (n: number) => `{ __typename } # ${n}`.padEnd(200_000, 'x')

it('keeps parsed documents by the text that they hold on to, the newest ones', async () => {
  const store = documentStore()
  for (let n = 0; n < 50; n++) await store.set(`hash ${n}`, parse(long(n)))

  const kept = await Promise.all(Array.from({ length: 50 }, (_, n) => store.get(`hash ${n}`)))
  const characters = kept.reduce((sum, document) => sum + (document?.loc?.source.body.length ?? 0), 0)
  expect(kept[49]).toBeDefined()
  expect(kept[0]).toBeUndefined()
  expect(characters).toBeGreaterThan(DOCUMENT_CHARACTERS_KEPT / 2)
  expect(characters).toBeLessThanOrEqual(DOCUMENT_CHARACTERS_KEPT)
})

it('keeps a few hundred persisted queries of a client, and at most 8 MiB', async () => {
  const store = persistedQueryStore()
  for (let n = 0; n < 500; n++) await store.set(`hash ${n}`, `query Q${n} { __typename }`.padEnd(2_000))
  expect(await store.get('hash 0')).toBeDefined()

  for (let n = 0; n < 50; n++) await store.set(`long ${n}`, long(n))
  expect(await store.get('hash 1')).toBeUndefined()
  expect(await store.get('long 49')).toBe(long(49))
})

// The public audits of GraphQL over HTTP, each a promise of its own. They ask for the schema as well, as tools do.
// @see https://github.com/graphql/graphql-http#audits
import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { filmsGateway } from './testing/films.ts'

const audits = serverAudits({ url: () => `${films.url}/graphql`, fetchFn: fetch })

let films: Awaited<ReturnType<typeof filmsGateway>>
beforeAll(async () => {
  films = await filmsGateway()
})
afterAll(() => films.close())

it('are 61', () => {
  expect(new Set(audits.map(({ id }) => id)).size).toBe(61)
})

it.each(audits)('$name', async ({ fn }) => {
  const result = await fn()

  expect(result.status === 'ok' ? 'ok' : result.reason).toBe('ok')
})

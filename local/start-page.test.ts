import { expect, it } from 'vitest'
import { appLine, startPage } from './start-page.ts'
import type { StartPage } from './start-page.ts'

const page: StartPage = {
  app: appLine('ready', 'http://127.0.0.1:4000'),
  url: 'http://127.0.0.1:4000',
  login: { email: 'ada@example.com', password: 'notes-of-1843', adminEmail: 'greta@example.com' },
  seeded: { users: 12, items: 300 },
  dataDir: '/srv/tributary/.data',
  logFile: '/srv/tributary/.data/tributary.log',
  host: '127.0.0.1',
  tookMs: 3_210,
}

it('says where everything is', () => {
  expect(startPage(page)).toBe(`
Tributary is running, 3.2 s after its start.

  App         http://localhost:4000
  GraphQL     http://localhost:4000/graphql
  Playground  http://localhost:4000/playground
  Log in as   ada@example.com, password notes-of-1843
              greta@example.com is an admin, with the same password.

  Data        /srv/tributary/.data
              It was empty: 12 people and 300 items were put in.
  Log         /srv/tributary/.data/tributary.log
  Stop        Ctrl-C. The data stay; "npm run clean" removes them.
`)
})

it('names no login and no data folder where there are none', () => {
  const text = startPage({ ...page, login: null, seeded: null, dataDir: null })
  expect(text).not.toContain('Log in as')
  expect(text).not.toContain('npm run clean')
  expect(text).toContain('USERS_DATABASE_URL')
})

it('warns of a password that is no secret where other machines reach it', () => {
  expect(startPage({ ...page, host: '0.0.0.0' })).toContain('no secret')
  expect(startPage({ ...page, host: '0.0.0.0', login: null })).not.toContain('no secret')
})

it('says why the web app is not there', () => {
  const lines = (['ready', 'outdated', 'failed', 'not installed', null] as const).map((state) =>
    appLine(state, page.url),
  )
  expect(new Set(lines).size).toBe(5)
  expect(lines.filter((line) => line.includes('http://localhost:4000'))).toHaveLength(2)
})

import { expect, it } from 'vitest'
import type { ConfigError } from '../platform/config.ts'
import { databaseVariable, subgraphNames } from '../platform/subgraphs.ts'
import { databaseUrls } from './databases.ts'

const users = 'postgres://postgres@localhost:5432/users'

it('takes all addresses, or some of them', () => {
  expect(databaseUrls({ USERS_DATABASE_URL: users, ITEMS_DATABASE_URL: 'postgresql://localhost/items' })).toEqual({
    users,
    items: 'postgresql://localhost/items',
  })
  expect(databaseUrls({ USERS_DATABASE_URL: users, ITEMS_DATABASE_URL: '' })).toEqual({ users })
})

it('names all that is missing when none is set, and all that is malformed', () => {
  const problemsOf = (env: Record<string, string>) => {
    try {
      databaseUrls(env)
    } catch (error) {
      return (error as ConfigError).problems
    }
  }
  expect(problemsOf({})).toEqual(subgraphNames.map((name) => `${databaseVariable(name)} is missing`))
  expect(problemsOf({ USERS_DATABASE_URL: 'mysql://x', ITEMS_DATABASE_URL: 'items' })).toHaveLength(2)
})

import { index, pgTable, text } from 'drizzle-orm/pg-core'
import { describe, expect, it } from 'vitest'
import { subgraphNames } from '../platform/subgraphs.ts'
import { areMigrated, tablesOf } from './check-migrations.ts'

describe.each(subgraphNames)('the tables of %s', (name) => {
  it('are what its migrations lead to', () => {
    expect(areMigrated(name)).toBe(true)
  })

  it('need a migration as soon as a table comes or goes', () => {
    const [aTable] = Object.keys(tablesOf[name])

    expect(areMigrated(name, { ...tablesOf[name], more: pgTable('more', { id: text() }) })).toBe(false)
    expect(areMigrated(name, { ...tablesOf[name], [aTable!]: undefined })).toBe(false)
  })
})

it('asks for a migration of a single column or index too', () => {
  const { signingKeys, ...others } = tablesOf.users
  const columns = { id: text().primaryKey() }
  const withoutIndex = pgTable('signing_keys', columns)
  const withIndex = pgTable('signing_keys', columns, (t) => [index('by_id').on(t.id)])

  expect(signingKeys).toBeDefined()
  expect(areMigrated('users', { ...others, signingKeys: withoutIndex })).toBe(false)
  expect(areMigrated('users', { ...others, signingKeys: withIndex })).toBe(false)
})

import { createHash } from 'node:crypto'
import { buildSchema, parse, validate } from 'graphql'
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { webManifest } from './manifest.ts'

const { format, version, operations } = webManifest()

it('has the form that routers and mobile clients read', () => {
  expect([format, version]).toEqual(['apollo-persisted-query-manifest', 1])
  for (const { id, body } of operations) expect(id).toBe(createHash('sha256').update(body).digest('hex'))
})

it('lists each operation once, in the order of their names', () => {
  const names = operations.map(({ name }) => name)
  expect(names).toEqual([...new Set(names)].sort())
  expect(names).toContain('ItemsChanged')
})

it('lists only what the schema answers', () => {
  const schema = buildSchema(readFileSync(new URL('../schema/api.graphql', import.meta.url), 'utf8'))
  for (const { body } of operations) expect(validate(schema, parse(body))).toEqual([])
})

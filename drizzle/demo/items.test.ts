import { expect, it } from 'vitest'
import { demoItems, demoVersions } from './items.ts'
import { demoPeople } from './people.ts'

const now = new Date('2026-11-21T09:30:00Z')

it('has 12 people and 300 items, each with an id and a name of its own', () => {
  const items = demoItems(now)
  expect(demoPeople).toHaveLength(12)
  expect(items).toHaveLength(300)
  expect(new Set(items.map(({ id }) => id)).size).toBe(300)
  expect(new Set(items.map(({ name }) => name)).size).toBe(300)
})

it('is the same at every reading', () => {
  expect(demoItems(now)).toEqual(demoItems(now))
})

it('keeps the rules of the schema', () => {
  for (const { name, description, version, createdAt, updatedAt, tags } of demoItems(now)) {
    expect(tags!.length).toBeGreaterThan(0)
    for (const tag of tags!) expect(tag).toMatch(/^[^,A-Z]{1,50}$/)
    expect(name.length).toBeGreaterThan(0)
    expect(name.length).toBeLessThanOrEqual(255)
    expect(description?.length ?? 0).toBeLessThanOrEqual(50_000)
    expect(description ?? '').not.toContain('<!--')
    expect(createdAt!.getTime()).toBeLessThan(now.getTime())
    expect(updatedAt!.getTime()).toBeLessThanOrEqual(now.getTime())
    expect(updatedAt!.getTime() > createdAt!.getTime()).toBe(version! > 1)
  }
})

it('shows every status and visibility, most of it to everybody, unevenly spread over owners', () => {
  const items = demoItems(now)
  expect(new Set(items.map(({ status }) => status))).toEqual(new Set(['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED']))
  expect(items.filter(({ visibility }) => visibility === 'PUBLIC').length).toBeGreaterThan(250)
  expect(items.some(({ visibility }) => visibility === 'PRIVATE')).toBe(true)
  const counts = demoPeople.map(({ id }) => items.filter(({ ownerId }) => ownerId === id).length)
  expect(Math.min(...counts)).toBeLessThan(5)
  expect(Math.max(...counts)).toBeGreaterThan(50)
})

it('has no item that is older than its owner’s account', () => {
  const joined = new Map(demoPeople.map(({ id, joinedDaysAgo }) => [id, now.getTime() - joinedDaysAgo * 86_400_000]))
  for (const { ownerId, createdAt } of demoItems(now)) {
    expect(createdAt!.getTime()).toBeGreaterThan(joined.get(ownerId)!)
  }
})

it('has a version for each change of an item, the last of which is how the item is', () => {
  for (const item of demoItems(now)) {
    const versions = demoVersions(item)
    const { name, description, status, visibility, tags, version } = item
    expect(versions.map((one) => one.version)).toEqual(Array.from({ length: version! }, (_, before) => before + 1))
    expect(versions.at(-1)).toMatchObject({ name, description, status, visibility, tags, createdAt: item.updatedAt })
    const times = versions.map(({ createdAt }) => createdAt!.getTime())
    expect(times).toEqual(times.toSorted((one, other) => one - other))
  }
})

it('is filed under a good many things', () => {
  expect(new Set(demoItems(now).flatMap(({ tags }) => tags!)).size).toBeGreaterThan(20)
})

// Items and people for tests, as resolvers of the schema would answer with them.
export const ada = { id: 'ada', username: 'ada', createdAt: '2025-01-01T00:00:00.000Z', email: 'ada@example.com' }
export const bob = { id: 'bob', username: 'bob', createdAt: '2025-01-01T00:00:00.000Z' }

const NEWEST_MS = Date.parse('2026-11-20T12:00:00.000Z')

/** An item of Ada's; the higher the age, the older. */
export const item = (id: string, ageMinutes: number, more: object = {}) => ({
  id,
  name: `Item ${id}`,
  description: null,
  status: 'ACTIVE',
  visibility: 'PUBLIC',
  version: 1,
  createdAt: new Date(NEWEST_MS - ageMinutes * 60_000).toISOString(),
  updatedAt: new Date(NEWEST_MS - ageMinutes * 60_000).toISOString(),
  owner: ada,
  viewerPermission: 'VIEW',
  ...more,
})

/** `count` items, each a minute older than the one before it: `Item 1` is the newest. */
export const manyItems = (count: number) => Array.from({ length: count }, (_, index) => item(`${index + 1}`, index + 1))

/** A connection over the items, with ids as cursors. */
export function pageOf(items: readonly { id: string }[], { first, after }: { first: number; after?: string | null }) {
  const start = after ? items.findIndex(({ id }) => id === after) + 1 : 0
  const nodes = items.slice(start, start + first)
  return {
    nodes,
    edges: [],
    pageInfo: {
      hasNextPage: start + first < items.length,
      hasPreviousPage: start > 0,
      startCursor: nodes[0]?.id,
      endCursor: nodes.at(-1)?.id,
    },
  }
}

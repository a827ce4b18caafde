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
  tags: [] as string[],
  version: 1,
  createdAt: new Date(NEWEST_MS - ageMinutes * 60_000).toISOString(),
  updatedAt: new Date(NEWEST_MS - ageMinutes * 60_000).toISOString(),
  owner: ada,
  viewerPermission: 'VIEW',
  ...more,
})

/** `count` items, each a minute older than the one before it: `Item 1` is the newest. */
export const manyItems = (count: number) => Array.from({ length: count }, (_, index) => item(`${index + 1}`, index + 1))

interface PageArguments {
  readonly first?: number
  readonly after?: string | null
  readonly last?: number
  readonly before?: string | null
}

/** A connection over what there is, with ids as cursors. */
export function pageOf(things: readonly { id: string }[], { first, after, last, before }: PageArguments) {
  const from = after ? things.findIndex(({ id }) => id === after) + 1 : 0
  const to = before ? things.findIndex(({ id }) => id === before) : things.length
  const start = last === undefined ? from : Math.max(from, to - last)
  const end = first === undefined ? to : Math.min(to, start + first)
  const nodes = things.slice(start, end)
  return {
    nodes,
    edges: nodes.map((node) => ({ cursor: node.id, node, snippet: null })),
    isApproximate: false,
    pageInfo: {
      hasNextPage: end < things.length,
      hasPreviousPage: start > 0,
      startCursor: nodes[0]?.id,
      endCursor: nodes.at(-1)?.id,
    },
  }
}

/** Something that Bob said about Ada's item `1`. */
export const comment = (id: string, more: object = {}) => ({
  __typename: 'Comment',
  id,
  body: `Comment ${id}`,
  createdAt: '2026-11-20T12:00:00.000Z',
  editedAt: null,
  deletedAt: null,
  viewerCanEdit: false,
  viewerCanDelete: false,
  author: bob,
  item: { id: '1' },
  replyTo: null,
  replies: () => pageOf([], {}),
  ...more,
})

// The changes that clients ask for. Who must be logged in is said by the schema; who may do what, by access.ts.
import { createHash } from 'node:crypto'
import { ApiError } from '../../../platform/errors.ts'
import { isUuid, readInput } from '../../../platform/input.ts'
import { demand, demandDeletable, demandRestorable, notFound } from '../access.ts'
import type { ItemChange } from '../changes.ts'
import { changedVersion, itemChanges, newItem, newItemKey } from '../item-input.ts'
import type { MutationResolvers } from '../schema.generated.ts'
import type { ItemRow } from '../store.ts'
import type { ItemContent } from '../versions.ts'

export const mutations = {
  createItem: async (_root, { input }, { identity: { subject }, loaders, reader, store }) => {
    // A token of another issuer may call its holder something that is no id of ours.
    if (!isUuid(subject)) throw new ApiError('FORBIDDEN', 'Items belong to accounts.')
    const { idempotencyKey } = readInput(newItemKey, input)
    const item = readInput(newItem, input)
    const idempotency = idempotencyKey ? { key: idempotencyKey, inputSha256: sha256(JSON.stringify(item)) } : null
    const made = await store.create({ ...item, ownerId: subject }, idempotency)
    if (!('madeBefore' in made)) return { item: made }
    return { item: demand(await loaders.itemById.load(made.madeBefore), reader, 'VIEW') }
  },

  updateItem: async (_root, { input: { id, expectedVersion, ...input } }, { reader, store }) => {
    const wanted = readInput(itemChanges, input)
    const expected = readInput(changedVersion, { expectedVersion })
    if (!isUuid(id)) throw notFound()
    const item = await store.change(id, reader, (before) => {
      const item = demand(before, reader, 'EDIT')
      demandVersion(item, expected)
      const changes = differences(item, wanted)
      if (changes.visibility) demand(item, reader, 'OWNER')
      return { kind: 'UPDATED', changes }
    })
    return { item }
  },

  deleteItem: async (_root, { input: { id, expectedVersion } }, { reader, store }) => {
    if (!isUuid(id)) throw notFound()
    await store.change(id, reader, (before) => {
      demandVersion(demandDeletable(before, reader), { expectedVersion })
      return { kind: 'DELETED', changes: { deletedAt: new Date(), deletedBy: reader.id } }
    })
    return { itemId: id }
  },

  restoreItem: async (_root, { input: { id } }, { reader, store }) => {
    if (!isUuid(id)) throw notFound()
    const item = await store.change(id, reader, (before) => {
      demandRestorable(before, reader)
      return { kind: 'RESTORED', changes: { deletedAt: null, deletedBy: null } }
    })
    return { item }
  },

  revertItem: async (_root, { input: { id, toVersion, expectedVersion } }, { loaders, reader, store }) => {
    if (!isUuid(id)) throw notFound()
    // Versions never change, so that this one can be read before the item is locked.
    const version = await loaders.version.load({ itemId: id, version: toVersion })
    const item = await store.change(id, reader, (before): ItemChange => {
      const item = demand(before, reader, 'EDIT')
      demandVersion(item, { expectedVersion })
      if (!version) throw new ApiError('NOT_FOUND', 'There was no such version.', { field: 'toVersion' })
      const { name, description, status, tags } = version
      return { kind: 'REVERTED', changes: differences(item, { name, description, status, tags }) }
    })
    return { item }
  },
} satisfies MutationResolvers

/** @throws ApiError CONFLICT with the version that there is */
function demandVersion(
  { version }: ItemRow,
  { expectedVersion }: { expectedVersion?: number | null | undefined },
): void {
  if (expectedVersion == null || expectedVersion === version) return
  throw new ApiError('CONFLICT', `The item is at version ${version}. Read it again, and decide anew.`, {
    field: 'expectedVersion',
    currentVersion: version,
  })
}

/** What a change would really change. */
function differences(item: ItemRow, wanted: Partial<ItemContent>): Partial<ItemContent> {
  const entries = Object.entries(wanted) as [keyof ItemContent, unknown][]
  return Object.fromEntries(entries.filter(([field, value]) => !isSame(item[field], value)))
}

const isSame = (one: unknown, other: unknown) =>
  Array.isArray(one) ? JSON.stringify(one) === JSON.stringify(other) : one === other

const sha256 = (value: string) => createHash('sha256').update(value).digest('hex')

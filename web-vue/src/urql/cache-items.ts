// What mutations and events do to the lists of items that the cache holds.
import type { Cache, OptimisticMutationResolver, UpdateResolver } from '@urql/exchange-graphcache'
import type {
  CreateItemMutation,
  DeleteItemMutation,
  ItemFilter,
  ItemsChangedSubscription,
  ItemsChangedSubscriptionVariables,
  RestoreItemMutation,
  RevertItemMutation,
  UpdateItemMutation,
  UpdateItemMutationVariables,
} from '../gql/graphql.ts'
import { keyOfMe, linked, listsOf, nodesOf, without, type CachedList } from './cache-lists.ts'

export const optimisticItems = {
  updateItem: (({ input: { expectedVersion: _version, ...input } }: UpdateItemMutationVariables) => ({
    __typename: 'UpdateItemPayload',
    item: { __typename: 'Item', ...input, updatedAt: new Date().toISOString() },
  })) as OptimisticMutationResolver,
}

type Updates = Record<'Mutation' | 'Subscription', Record<string, UpdateResolver>>

export const itemUpdates = {
  Mutation: {
    createItem: ({ createItem }: CreateItemMutation, _args, cache) => {
      if (createItem) show(cache, createItem.item.id)
    },
    updateItem: ({ updateItem }: UpdateItemMutation, _args, cache) => {
      if (updateItem) show(cache, updateItem.item.id)
    },
    revertItem: ({ revertItem }: RevertItemMutation, _args, cache) => {
      if (revertItem) show(cache, revertItem.item.id)
    },
    deleteItem: ({ deleteItem }: DeleteItemMutation, _args, cache) => {
      if (!deleteItem) return
      drop(cache, deleteItem.itemId)
      readTrashAgain(cache)
    },
    restoreItem: ({ restoreItem }: RestoreItemMutation, _args, cache) => {
      if (!restoreItem) return
      show(cache, restoreItem.item.id)
      const key = itemKey(restoreItem.item.id)
      for (const { connection } of listsOf(cache, keyOfMe(cache), 'trash')) without(cache, connection, key)
    },
  },
  Subscription: {
    itemsChanged: (
      { itemsChanged: { kind, itemId, item } }: ItemsChangedSubscription,
      { scope }: ItemsChangedSubscriptionVariables,
      cache,
    ) => {
      const key = itemKey(itemId)
      if (kind === 'DELETED') {
        drop(cache, itemId)
        if (scope === 'MINE') readTrashAgain(cache)
      } else if (kind === 'REMOVED') {
        remove(cache, itemId, scope)
      } else if (item) {
        show(cache, itemId)
        if (scope === 'SHARED') {
          place(cache, key, listsOf(cache, keyOfMe(cache), 'sharedWithMe'))
          // With what was shared, what the reader may do may have changed.
          cache.invalidate(key, 'viewerPermission')
        }
        // Events leave the long text out; a page that shows it fetches it again. Never invalidate the item itself: the
        // event on its way to the page would lose it.
        cache.invalidate(key, 'description')
      }
    },
  },
} as Updates

// Puts an item on top of every list it belongs to, and takes it out of those that it does not belong to any more. Where it
// stands for the reader, and whether that part of the list has been loaded at all, is up to useItemList, which knows what
// is on the screen.
function show(cache: Cache, id: string) {
  const key = itemKey(id)
  place(cache, key, lists(cache, key))
  cache.link('Query', 'item', { id }, key)
}

function place(cache: Cache, key: string, into: Iterable<CachedList>) {
  for (const { connection, args } of into) {
    if (!fits(cache, key, args?.filter as ItemFilter | undefined)) without(cache, connection, key)
    // Whether words occur in an item, and how well it fits, the server alone knows.
    else if (!args?.after && !args?.search) linked(cache, connection, key, 'first')
  }
}

function drop(cache: Cache, id: string) {
  for (const { connection } of lists(cache, itemKey(id))) without(cache, connection, itemKey(id))
  for (const { connection } of listsOf(cache, keyOfMe(cache), 'sharedWithMe')) without(cache, connection, itemKey(id))
  cache.link('Query', 'item', { id }, null)
}

// It is out of sight of those who follow the scope, which is not to say that it is out of this reader's.
function remove(cache: Cache, id: string, scope: ItemsChangedSubscriptionVariables['scope']) {
  const key = itemKey(id)
  const shared = [...listsOf(cache, keyOfMe(cache), 'sharedWithMe')]
  if (scope === 'SHARED') {
    for (const { connection } of shared) without(cache, connection, key)
    cache.invalidate(key, 'viewerPermission')
    if (cache.resolve(key, 'visibility') === 'PUBLIC') return
  }
  const isMine = keyOfMe(cache) !== null && keyOfMe(cache) === cache.resolve(key, 'owner')
  if (isMine || shared.some(({ connection }) => nodesOf(cache, connection).includes(key))) return
  for (const { connection } of lists(cache, key)) without(cache, connection, key)
  // A page that shows it asks again, and learns whether it may go on.
  cache.invalidate('Query', 'item', { id })
}

// Every page of every list that may hold the item but for those of what is shared.
function* lists(cache: Cache, key: string): Generator<CachedList> {
  yield* listsOf(cache, 'Query', 'items')
  yield* listsOf(cache, cache.resolve(key, 'owner'), 'items')
}

function fits(cache: Cache, key: string, filter: ItemFilter | undefined): boolean {
  const { status, visibility, ownerId, tags } = filter ?? {}
  const has = (field: string) => cache.resolve(key, field) as string
  if (status?.length && !status.some((each) => each === has('status'))) return false
  if (visibility && visibility !== has('visibility')) return false
  if (ownerId && cache.resolve(has('owner'), 'id') !== ownerId) return false
  return tags?.every((tag) => (cache.resolve(key, 'tags') as unknown as string[]).includes(tag)) ?? true
}

// The answer to a deletion does not say until when the item is kept.
function readTrashAgain(cache: Cache) {
  const parent = keyOfMe(cache)
  if (!parent) return
  for (const { fieldName, fieldKey } of cache.inspectFields(parent)) {
    if (fieldName === 'trash') cache.invalidate(parent, fieldKey)
  }
}

const itemKey = (id: string) => `Item:${id}`

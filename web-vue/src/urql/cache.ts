// How answers and events are kept: each item and person once, under its id, so that a change shows wherever they stand.
import { cacheExchange, type Cache, type DataFields } from '@urql/exchange-graphcache'
import type {
  CreateItemMutation,
  DeleteItemMutation,
  ItemsChangedSubscription,
  UpdateItemMutationVariables,
} from '../gql/graphql.ts'

// They belong to the field that holds them.
const withoutId = ['ItemConnection', 'UserConnection', 'PageInfo', 'ItemEvent', 'SessionEvent', 'SecondFactor']

// What they answer with has no id either.
const mutations = [
  ...['CreateItem', 'UpdateItem', 'DeleteItem'],
  ...['Register', 'VerifyEmail', 'ResendVerification', 'RequestPasswordReset', 'ResetPassword'],
  ...['Login', 'RefreshSession', 'Logout', 'LogoutEverywhere', 'RevokeSession'],
  ...['UpdateMe', 'ChangePassword', 'DeleteMe', 'CreateApiKey', 'RotateApiKey', 'RevokeApiKey'],
  ...['BeginSecondFactor', 'ConfirmSecondFactor', 'RenewRecoveryCodes', 'RemoveSecondFactor'],
  ...['StepUp', 'UpdateUser', 'SetUserRoles', 'DeleteUser'],
]

export function makeCache() {
  return cacheExchange({
    keys: Object.fromEntries(
      [...withoutId, ...mutations.map((name) => `${name}Payload`)].map((type) => [type, () => null]),
    ),
    resolvers: {
      Item: {
        // While accounts cannot be reached an owner is null with an error, which the cache would forget: the next event
        // would make the list incomplete and fetch it again, and so would each one after it.
        owner: (_item, _args, cache, { parentKey, parentFieldKey }) =>
          (cache.resolve(parentKey, parentFieldKey) as string | null | undefined) ?? null,
      },
    },
    optimistic: {
      updateItem: ({ input }: UpdateItemMutationVariables) => ({
        __typename: 'UpdateItemPayload',
        item: { __typename: 'Item', ...input, updatedAt: new Date().toISOString() },
      }),
    },
    updates: {
      Mutation: {
        createItem: ({ createItem }: CreateItemMutation, _args, cache) => {
          if (createItem) show(cache, createItem.item.id)
        },
        deleteItem: ({ deleteItem }: DeleteItemMutation, _args, cache) => {
          if (deleteItem) drop(cache, deleteItem.itemId)
        },
      },
      Subscription: {
        itemsChanged: ({ itemsChanged: event }: ItemsChangedSubscription, _args, cache) => {
          if (event.kind === 'DELETED') drop(cache, event.itemId)
          // Out of the public's sight is not out of its owner's.
          else if (event.kind === 'REMOVED' && !isMine(cache, event.itemId)) drop(cache, event.itemId)
          else if (event.item) {
            show(cache, event.itemId)
            // Events leave the long text out; a page that shows it fetches it again. Never invalidate the item itself:
            // the event on its way to the page would lose it.
            cache.invalidate(itemKey(event.itemId), 'description')
          }
        },
      },
    },
  })
}

// Puts an item on top of every list it belongs to. Where it stands for the reader, and whether that part of the list has
// been loaded at all, is up to useItemList, which knows what is on the screen.
function show(cache: Cache, id: string) {
  const key = itemKey(id)
  const owner = cache.resolve(key, 'owner')
  for (const { connection, isFirst } of lists(cache, owner)) {
    const nodes = nodesOf(cache, connection)
    if (isFirst && !nodes.includes(key)) cache.link(connection, 'nodes', [key, ...nodes])
  }
  cache.link('Query', 'item', { id }, key)
}

function drop(cache: Cache, id: string) {
  const key = itemKey(id)
  for (const { connection } of lists(cache, cache.resolve(key, 'owner'))) {
    const nodes = nodesOf(cache, connection)
    if (nodes.includes(key)) {
      cache.link(
        connection,
        'nodes',
        nodes.filter((node) => node !== key),
      )
    }
  }
  cache.link('Query', 'item', { id }, null)
}

// Every page of every list that may hold an item of this owner.
function* lists(
  cache: Cache,
  owner: DataFields[string] | undefined,
): Generator<{ connection: string; isFirst: boolean }> {
  for (const parent of ['Query', owner]) {
    if (typeof parent !== 'string') continue
    for (const { fieldName, fieldKey, arguments: args } of cache.inspectFields(parent)) {
      const connection = fieldName === 'items' ? cache.resolve(parent, fieldKey) : null
      if (typeof connection === 'string') yield { connection, isFirst: !args?.after }
    }
  }
}

const nodesOf = (cache: Cache, connection: string) => (cache.resolve(connection, 'nodes') ?? []) as string[]

const itemKey = (id: string) => `Item:${id}`

function isMine(cache: Cache, id: string): boolean {
  const me = cache.resolve('Query', 'me')
  return typeof me === 'string' && me === cache.resolve(itemKey(id), 'owner')
}

// How answers and events are kept: each thing once, under its id, so that a change shows wherever it stands.
import { cacheExchange, type Cache, type Resolver } from '@urql/exchange-graphcache'
import { activityUpdates, commentUpdates, optimisticComments, optimisticShares, shareUpdates } from './cache-social.ts'
import { itemUpdates, optimisticItems } from './cache-items.ts'

// They belong to the field that holds them.
const withoutId = [
  ...['PageInfo', 'ItemConnection', 'ItemEdge', 'ItemSnippet', 'TextPart', 'CommentConnection', 'ActivityConnection'],
  ...['ItemVersionConnection', 'ItemVersion', 'ItemFieldChange', 'UserConnection', 'SecondFactor'],
  ...['ItemEvent', 'CommentEvent', 'ActivityEvent', 'SessionEvent'],
]

// What they answer with has no id either.
const mutations = [
  ...['CreateItem', 'UpdateItem', 'DeleteItem', 'RestoreItem', 'RevertItem', 'ShareItem', 'RevokeShare'],
  ...['AddComment', 'EditComment', 'DeleteComment'],
  ...['Register', 'VerifyEmail', 'ResendVerification', 'RequestPasswordReset', 'ResetPassword'],
  ...['Login', 'RefreshSession', 'Logout', 'LogoutEverywhere', 'RevokeSession'],
  ...['UpdateMe', 'ChangePassword', 'DeleteMe', 'CreateApiKey', 'RotateApiKey', 'RevokeApiKey'],
  ...['BeginSecondFactor', 'ConfirmSecondFactor', 'RenewRecoveryCodes', 'RemoveSecondFactor'],
  ...['StepUp', 'UpdateUser', 'SetUserRoles', 'DeleteUser'],
]

// While accounts cannot be reached a person is null with an error, which the cache would forget: the next event would make
// the list incomplete and fetch it again, and so would each one after it.
const nullWithoutAccounts: Resolver = (_parent, _args, cache: Cache, { parentKey, parentFieldKey }) =>
  (cache.resolve(parentKey, parentFieldKey) as string | null | undefined) ?? null

export function makeCache() {
  return cacheExchange({
    keys: Object.fromEntries(
      [...withoutId, ...mutations.map((name) => `${name}Payload`)].map((type) => [type, () => null]),
    ),
    resolvers: {
      Item: { owner: nullWithoutAccounts },
      Comment: { author: nullWithoutAccounts },
      Activity: { actor: nullWithoutAccounts },
      Share: { user: nullWithoutAccounts },
    },
    optimistic: { ...optimisticItems, ...optimisticComments, ...optimisticShares },
    updates: {
      Mutation: { ...itemUpdates.Mutation, ...commentUpdates.Mutation, ...shareUpdates.Mutation },
      Subscription: { ...itemUpdates.Subscription, ...commentUpdates.Subscription, ...activityUpdates.Subscription },
    },
  })
}

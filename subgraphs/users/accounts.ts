// Accounts as they are seen: by everybody, by the person and by those who look after them.
import { ApiError } from '../../platform/errors.ts'
import { readInput } from '../../platform/input.ts'
import { fieldsInside, oncePerField } from '../../platform/selected-fields.ts'
import { profileChanges } from './account-input.ts'
import type { UserRow } from './account-store.ts'
import type { UsersContext } from './context.ts'
import { noAccount } from './login.ts'
import { isTaken } from './registration.ts'
import { isRole } from './roles.ts'
import type { Resolvers } from './schema.generated.ts'

/** Who sees that an account was deleted: those who see it in the list of accounts. */
const CARETAKERS = ['users:read', 'users:admin']

export const accounts: Resolvers = {
  Query: {
    // Null for the holder of a token that outlived the account.
    me: (_root, _args, { identity, loaders }) => loaders.userById.load(identity.subject!),

    user: async (_root, { id }, { identity, loaders }) => {
      const seesDeleted = CARETAKERS.some((scope) => identity.scopes.includes(scope))
      const user = await (seesDeleted ? loaders.accountById : loaders.userById).load(id)
      if (!user) throw new ApiError('NOT_FOUND', 'There is no such account.')
      return user
    },
  },

  Mutation: {
    updateMe: async (_root, { input }, { accounts: store, identity, loaders }) => {
      const changes = readInput(profileChanges, input)
      const user = await loaders.userById.load(identity.subject!)
      const changed = user && (await store.change(user.id, changes))
      if (!changed) throw noAccount()
      if ('taken' in changed) throw isTaken(changed.taken)
      return { user: changed }
    },
  },

  User: {
    __resolveReference: ({ id }, { loaders }, info) =>
      (isPublicAlone(info) ? loaders.profileById : loaders.userById).load(id) as Promise<UserRow | null>,

    email: personal((user) => user.email),
    isEmailVerified: personal((user) => user.emailVerifiedAt !== null),
    firstName: personal((user) => user.firstName),
    lastName: personal((user) => user.lastName),
    phoneNumber: personal((user) => user.phoneNumber),
    roles: personal((user) => user.roles.filter(isRole)),
    deletedAt: personal((user) => user.deletedAt, CARETAKERS),
  },
}

/** Fields of `PublicProfile`, which have no resolver that looks at more. */
const publicFields = ['__typename', 'id', 'username', 'createdAt']

/** Whether nothing else is asked for of entities: as with owners of a list of items. Then nothing personal is read. */
const isPublicAlone = oncePerField(({ fieldNodes, fragments }) =>
  fieldsInside(fieldNodes, fragments).every((field) => publicFields.includes(field.name.value)),
)

/** A field for the person it is about, and for holders of one of the scopes. */
export function personal<Value>(read: (user: UserRow) => Value, scopes: readonly string[] = ['users:admin']) {
  return (user: UserRow, _args: unknown, { identity }: UsersContext): Value => {
    if (identity.subject !== user.id && !scopes.some((scope) => identity.scopes.includes(scope))) throw notYours()
    return read(user)
  }
}

/** A field for the person it is about, and nobody else. */
export function own<Value>(read: (user: UserRow, context: UsersContext) => Value) {
  return (user: UserRow, _args: unknown, context: UsersContext): Value => {
    if (context.identity.subject !== user.id) throw notYours()
    return read(user, context)
  }
}

const notYours = () => new ApiError('FORBIDDEN', 'This is for the person it is about.')

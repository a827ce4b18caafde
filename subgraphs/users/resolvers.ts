// What each field of the users subgraph answers. Who must be logged in is said by the schema; whose data it is, here.
import { dateTime } from '../../platform/date-time.ts'
import { ApiError } from '../../platform/errors.ts'
import { isStorable, readInput } from '../../platform/input.ts'
import type { UsersContext } from './context.ts'
import { registration } from './registration.ts'
import { DEFAULT_ROLES, isRole } from './roles.ts'
import type { Resolvers } from './schema.generated.ts'
import type { UserRow } from './store.ts'

export const resolvers: Resolvers = {
  DateTime: dateTime,

  // In the database and in tokens roles are in lower case.
  Role: { USER: 'user', CREATOR: 'creator', MODERATOR: 'moderator', SUPPORT: 'support', ADMIN: 'admin' },

  Query: {
    // Null for the holder of a token that outlived the account.
    me: (_root, _args, { identity, loaders }) => loaders.userById.load(identity.subject!),

    user: async (_root, { id }, { loaders }) => {
      const user = await loaders.userById.load(id)
      if (!user) throw new ApiError('NOT_FOUND', 'There is no such account.')
      return user
    },
  },

  Mutation: {
    register: async (_root, { input }, { store, passwords }) => {
      const { password, ...account } = readInput(registration, input)
      const passwordHash = await passwords.hash(password)
      const created = await store.create({ ...account, passwordHash, roles: [...DEFAULT_ROLES] })
      if ('taken' in created) {
        throw new ApiError('CONFLICT', `This ${created.taken} is taken.`, { field: created.taken })
      }
      return { user: created, needsVerification: false }
    },

    login: async (_root, { input }, { store, passwords, tokens }) => {
      const email = input.email.trim().toLowerCase()
      const found = isStorable(email) ? await store.findByEmail(email) : null
      const isRight = await passwords.isRight(input.password, found?.passwordHash ?? null)
      if (!found || !isRight) throw new ApiError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')
      return { ...(await tokens.issue(found.user)), refreshToken: null, user: found.user }
    },
  },

  User: {
    __resolveReference: ({ id }, { loaders }) => loaders.userById.load(id),

    email: personal((user) => user.email),
    firstName: personal((user) => user.firstName),
    lastName: personal((user) => user.lastName),
    phoneNumber: personal((user) => user.phoneNumber),
    roles: personal((user) => user.roles.filter(isRole)),
  },
}

/** A field for the person it is about, and for those who look after accounts. */
function personal<Value>(read: (user: UserRow) => Value) {
  return (user: UserRow, _args: unknown, { identity }: UsersContext): Value => {
    if (identity.subject !== user.id && !identity.scopes.includes('users:admin')) {
      throw new ApiError('FORBIDDEN', 'This is for the person it is about.')
    }
    return read(user)
  }
}

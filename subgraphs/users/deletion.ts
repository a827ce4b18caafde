// How accounts are deleted by their owners, and restored.
import { ApiError } from '../../platform/errors.ts'
import { checkLogin, checkOwnPassword, noAccount, wrongLogin } from './login.ts'
import { noRefreshCookie, readRefreshCookie } from './refresh-cookie.ts'
import type { Resolvers } from './schema.generated.ts'
import { sessionUser, tokensFor } from './sessions.ts'

export const deletion: Resolvers = {
  Mutation: {
    deleteMe: async (_root, { password }, context) => {
      const checked = await checkOwnPassword(context, password, 'password')
      if (!checked) throw noAccount()
      const deleted = await context.deletions.delete(checked.user.id, checked.passwordHash)
      if (!deleted) throw noAccount()
      if ('refused' in deleted) throw lastAdmin()
      if (readRefreshCookie(context.request.cookie) !== null) context.request.setCookie(noRefreshCookie)
      return deleted
    },

    restoreMe: async (_root, { input }, context) => {
      const checked = await checkLogin(context, input, true)
      const started = await context.deletions.restore(checked, sessionUser(context))
      if (!started) throw wrongLogin()
      return tokensFor(context, started, input.keepRefreshToken ?? 'CLIENT')
    },
  },
}

export const lastAdmin = () => new ApiError('CONFLICT', 'This is the last admin: make somebody else one first.')

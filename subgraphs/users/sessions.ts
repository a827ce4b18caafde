// Sessions: how they begin, go on and end.
import { ApiError } from '../../platform/errors.ts'
import { isStorable } from '../../platform/input.ts'
import type { Resolvers } from './schema.generated.ts'

const USER_AGENT_LENGTH_MAX = 512

export const sessions: Resolvers = {
  Mutation: {
    login: async (_root, { input }, context) => {
      const { accounts, passwordHashes, tokens, request, clientAddress: address, settings } = context
      const email = input.email.trim().toLowerCase()
      const found = isStorable(email) ? await accounts.findByEmail(email) : null
      const isRight = await passwordHashes.isRight(input.password, found?.passwordHash ?? null)
      if (!found || !isRight) throw new ApiError('UNAUTHENTICATED', 'The e-mail address or the password is wrong.')
      const session = await context.sessions.start({
        userId: found.user.id,
        userAgent: request.userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null,
        address,
        expiresAt: new Date(Date.now() + settings.refreshTokenLifetimeS * 1000),
      })
      return { ...(await tokens.issue(found.user, { sessionId: session.id })), refreshToken: null, user: found.user }
    },
  },
}

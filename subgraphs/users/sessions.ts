// Sessions: how they begin, go on and end.
import { ApiError } from '../../platform/errors.ts'
import { isUuid } from '../../platform/input.ts'
import { own } from './accounts.ts'
import type { UsersContext } from './context.ts'
import { deviceOf } from './device.ts'
import { loggedIn } from './logged-in.ts'
import { checkLogin, wrongLogin } from './login.ts'
import { noRefreshCookie, readRefreshCookie, refreshCookie } from './refresh-cookie.ts'
import type { RefreshTokenHolder, Resolvers } from './schema.generated.ts'
import type { SessionTokens, SessionUser } from './session-store.ts'

const USER_AGENT_LENGTH_MAX = 512

export const sessions: Resolvers = {
  Mutation: {
    login: async (_root, { input }, context) => {
      const checked = await checkLogin(context, input)
      const started = await context.sessions.start(checked, sessionUser(context))
      if (!started) throw wrongLogin()
      return tokensFor(context, started, input.keepRefreshToken ?? 'CLIENT')
    },

    refreshSession: async (_root, { refreshToken }, context) => {
      const cookie = readRefreshCookie(context.request.cookie)
      const token = refreshToken ?? cookie
      const next = token === null ? null : await context.sessions.refresh(token, sessionUser(context))
      if (!next) {
        if (!refreshToken && cookie) context.request.setCookie(noRefreshCookie)
        throw new ApiError('UNAUTHENTICATED', 'This session cannot go on. Log in again.')
      }
      return tokensFor(context, next, refreshToken ? 'CLIENT' : 'COOKIE')
    },

    logout: async (_root, _args, context) => {
      const { session, subject } = context.identity
      takeCookieBack(context)
      if (isUuid(session) && isUuid(subject)) await context.sessions.endOne(subject, session)
      return { sessionId: session }
    },

    logoutEverywhere: async (_root, _args, context) => {
      const { userId } = loggedIn(context.identity)
      takeCookieBack(context)
      return { sessionsEnded: await context.sessions.endAllOf(userId) }
    },

    revokeSession: async (_root, { id }, { sessions: store, identity }) => {
      const { userId } = loggedIn(identity)
      const isEnded = isUuid(id) && (await store.endOne(userId, id))
      if (!isEnded) throw new ApiError('NOT_FOUND', 'There is no such session.')
      return { sessionId: id }
    },
  },

  User: {
    sessions: own((user, context) => context.sessions.findOfUser(user.id)),
  },

  Session: {
    // For its person alone; to everybody else it is as if it were not.
    __resolveReference: async ({ id }, { loaders, identity }) => {
      const session = await loaders.sessionById.load(id)
      return session?.userId === identity.subject ? session : null
    },

    device: ({ userAgent }) => deviceOf(userAgent),
    isCurrent: ({ id }, _args, { identity }) => id === identity.session,
  },
}

/** Who logs in, as the session remembers it. */
export function sessionUser({ request, clientAddress }: UsersContext): SessionUser {
  return { userAgent: request.userAgent?.slice(0, USER_AGENT_LENGTH_MAX) ?? null, address: clientAddress }
}

/** What a login or a refresh answers with. A browser's refresh token goes into its cookie and nowhere else. */
export async function tokensFor(
  { tokens, request, settings }: UsersContext,
  { user, sessionId, refreshToken, asOfS }: SessionTokens,
  holder: RefreshTokenHolder,
) {
  const issued = await tokens.issue(user, { sessionId, asOfS })
  if (holder === 'CLIENT') return { ...issued, refreshToken, user }
  request.setCookie(refreshCookie(refreshToken, settings.refreshTokenLifetimeS))
  return { ...issued, refreshToken: null, user }
}

function takeCookieBack({ request }: UsersContext): void {
  if (readRefreshCookie(request.cookie) !== null) request.setCookie(noRefreshCookie)
}

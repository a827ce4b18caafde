// What needs a second factor although somebody is logged in already: a token for it, which lives ten minutes.
import { ApiError } from '../../platform/errors.ts'
import { guessing } from './code-guesses.ts'
import { loggedIn } from './logged-in.ts'
import type { Resolvers } from './schema.generated.ts'
import { wrongCode } from './second-factors.ts'
import { STEP_UP_LIFETIME_S } from './tokens.ts'

/** The policy that `@policy` asks for in the schema. */
const POLICY = 'step-up'

export const stepUp: Resolvers = {
  Mutation: {
    stepUp: async (_root, { code }, { identity, attempts, secondFactors, logins, tokens }) => {
      const login = loggedIn(identity)
      const { userId, sessionId } = login
      if (!(await secondFactors.isNeeded(userId))) {
        throw new ApiError('FORBIDDEN', 'This needs a second factor: set one up with beginSecondFactor.')
      }
      await guessing(attempts, userId, async () => {
        if (!(await secondFactors.take(userId, code))) throw wrongCode()
      })
      const rights = await logins.findRights(login)
      // Ended a moment ago: the gateway does not know yet.
      if (!rights) throw new ApiError('UNAUTHENTICATED', 'The session has ended.')
      const { user, asOfS } = rights
      return tokens.issue(user, { sessionId, asOfS, policies: [POLICY], lifetimeS: STEP_UP_LIFETIME_S })
    },
  },
}

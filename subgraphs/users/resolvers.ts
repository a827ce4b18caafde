// What each field of the users subgraph answers, joined from a part for each capability. Who must be logged in is said
// by the schema; whose data it is, in the parts.
import { dateTime } from '../../platform/date-time.ts'
import { accountList } from './account-list.ts'
import { accounts } from './accounts.ts'
import { administration } from './administration.ts'
import { apiKeys } from './api-keys.ts'
import { deletion } from './deletion.ts'
import { passwords } from './passwords.ts'
import { registration } from './registration.ts'
import type { Resolvers } from './schema.generated.ts'
import { secondFactorSetup } from './second-factor-setup.ts'
import { sessions } from './sessions.ts'
import { stepUp } from './step-up.ts'

const base: Resolvers = {
  DateTime: dateTime,

  // In the database and in tokens roles are in lower case.
  Role: { USER: 'user', CREATOR: 'creator', MODERATOR: 'moderator', SUPPORT: 'support', ADMIN: 'admin' },
}

export const resolvers: Resolvers = join(
  base,
  accounts,
  registration,
  sessions,
  passwords,
  deletion,
  secondFactorSetup,
  stepUp,
  apiKeys,
  accountList,
  administration,
)

/** @throws Error when two parts answer one field */
function join(...parts: readonly Resolvers[]): Resolvers {
  const joined: Record<string, Record<string, unknown>> = {}
  for (const [type, fields] of parts.flatMap((part) => Object.entries(part) as [string, Record<string, unknown>][])) {
    if (!joined[type]) {
      // A scalar is an object of a class; the types that parts share are plain.
      joined[type] = Object.getPrototypeOf(fields) === Object.prototype ? { ...fields } : fields
      continue
    }
    const twice = Object.keys(fields).find((field) => field in joined[type]!)
    if (twice) throw new Error(`Two parts answer ${type}.${twice}.`)
    Object.assign(joined[type], fields)
  }
  return joined as Resolvers
}

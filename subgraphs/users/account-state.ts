// An account as other subgraphs are told of it.
import { accountEvent, emailSha256 } from '../../platform/account-events.ts'
import type { AccountState } from '../../platform/account-events.ts'
import type { UserRow } from './account-store.ts'

type Told = Pick<UserRow, 'id' | 'username' | 'email' | 'emailVerifiedAt' | 'deletedAt'>

export const accountState = ({ id, username, email, emailVerifiedAt, deletedAt }: Told): AccountState => ({
  id,
  username,
  emailSha256: emailSha256(email),
  isEmailVerified: emailVerifiedAt !== null,
  status: deletedAt === null ? 'ACTIVE' : 'DELETED',
})

/** All that is left is that there was one. */
export const purgedState = (id: string): AccountState => ({
  id,
  username: '',
  emailSha256: null,
  isEmailVerified: false,
  status: 'PURGED',
})

/** To be written with each change of what others are told: username, address, its verification, deletion. */
export const accountChanged = (user: Told) => accountEvent(accountState(user))

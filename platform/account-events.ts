// What the subgraph that keeps the accounts tells the other processes of the system, on two channels of its event feed.
// Gateways follow `revocations`; subgraphs that keep something for an account, or by its name, follow `accounts`.
import { createHash } from 'node:crypto'
import type { OutboxEvent } from './events.ts'

export const REVOCATIONS_CHANNEL = 'revocations'
export const ACCOUNTS_CHANNEL = 'accounts'

/** Tokens, or a key, that are no longer good although they have not expired. */
export type Revocation = (
  | { readonly session: string }
  /** Every token of the subject whose `iat` is before this: seconds since 1970, with a fraction. */
  | { readonly subject: string; readonly issuedBeforeS: number }
  /** SHA-256 of an API key, in hexadecimal digits. */
  | { readonly apiKeySha256: string }
) & {
  /** Seconds since 1970 after which no token that this concerns can be good any more, so that it can be forgotten. */
  readonly untilS: number
}

/** An account as it is now, in every event about it: whoever has the last one knows all. */
export interface AccountState {
  readonly id: string
  readonly username: string
  /** Lets whoever knows an address find its account, and tells nobody an address. Null once it is purged. */
  readonly emailSha256: string | null
  /** Whether the person has shown to read mail at that address. */
  readonly isEmailVerified: boolean
  /**
   * `DELETED` for the days in which it can be restored: nobody is to see it, or what belongs to it. `PURGED` for good:
   * what belongs to it is to be removed.
   */
  readonly status: 'ACTIVE' | 'DELETED' | 'PURGED'
}

export const revocationEvent = (revoked: Revocation): OutboxEvent => ({
  channels: [REVOCATIONS_CHANNEL],
  event: { revoked },
})

export const accountEvent = (account: AccountState): OutboxEvent => ({
  channels: [ACCOUNTS_CHANNEL],
  event: { account },
})

/** @param email as it is kept: trimmed, in lower case */
export function emailSha256(email: string): string {
  return createHash('sha256').update(email).digest('hex')
}

/** Beside the endpoint of operations: every account in the order of ids, for whoever starts or has missed events. */
export const ACCOUNTS_PATH = '/accounts'
/** Accounts in one page, at most. */
export const ACCOUNTS_PAGE_MAX = 1_000

/** What `GET /accounts?after=<id>`, signed as any request, answers. Purged accounts are in it. */
export interface AccountsPage {
  /** By id. The next page is after the last one; an empty page ends it. */
  readonly accounts: readonly AccountState[]
}

/** Beside the endpoint of operations: `POST` of an `ApiKeyQuestion`, signed as any request. 404 for a key that is no good. */
export const API_KEY_EXCHANGE_PATH = '/api-keys/exchange'

export interface ApiKeyQuestion {
  /** SHA-256 of the whole key, in hexadecimal digits. */
  readonly sha256: string
  /** Where it was used from, for its owner to see. */
  readonly clientAddress: string | null
}

/** Who the bearer of an API key is. */
export interface ApiKeyAnswer {
  readonly subject: string
  readonly scopes: readonly string[]
  /** Requests a minute that the key is good for. */
  readonly ratePerMinute: number
  /** Seconds since 1970; null for a key that does not expire. */
  readonly expiresAtS: number | null
}

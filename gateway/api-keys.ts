// Whose an API key is. The gateway cannot tell by itself: it asks whoever keeps the accounts, with the hash alone, so that
// the key goes no further than here. Answers are kept for a short while, and dropped when a revocation says so.
import { createHash } from 'node:crypto'
import { LRUCache } from 'lru-cache'
import { API_KEY_EXCHANGE_PATH } from '../platform/account-events.ts'
import type { ApiKeyAnswer, ApiKeyQuestion, Revocation } from '../platform/account-events.ts'
import { systemClock } from '../platform/clock.ts'
import type { Clock } from '../platform/clock.ts'
import type { Log } from '../platform/log.ts'
import { unauthenticated, unverifiable } from './access-token.ts'
import type { VerifiedToken } from './access-token.ts'

export interface ApiKeys {
  /**
   * @throws ApiError UNAUTHENTICATED (as HTTP 401) for a key that is no good
   * @throws ApiError SUBGRAPH_UNAVAILABLE (as HTTP 503) when nobody says
   */
  read(key: string, clientAddress: string): Promise<VerifiedToken>
  /** Drops what is kept of the key, or of the keys of a person. */
  purge(revocation: Revocation): void
}

/** Posts JSON to a path beside the endpoint of the subgraph that knows. */
export type AskForKey = (path: string, body: string) => Promise<{ readonly status: number; readonly text: string }>

/** A key whose revocation is told by nobody is refused after so long. */
const KEPT_MS = 30_000
const ANSWERS_KEPT = 10_000
const NOT_FOUND = 404

/** Null for a key that is no good. */
type Answer = VerifiedToken | null

interface Kept {
  readonly answer: Answer
  /** On the clock. */
  readonly untilMs: number
}

export function makeApiKeys(options: {
  readonly ask: AskForKey
  readonly log: Log
  readonly clock?: Pick<Clock, 'nowMs'>
}): ApiKeys {
  const { ask, log, clock = systemClock } = options
  const kept = new LRUCache<string, Kept>({ max: ANSWERS_KEPT })
  const asking = new Map<string, Promise<Answer>>()

  function exchange(sha256: string, clientAddress: string): Promise<Answer> {
    const shared = asking.get(sha256)
    if (shared) return shared
    const untilMs = clock.nowMs() + KEPT_MS
    const answered = askWho({ sha256, clientAddress }).then((answer) => {
      // Not what was asked before a revocation.
      if (asking.get(sha256) === answered) kept.set(sha256, { answer, untilMs })
      return answer
    })
    asking.set(sha256, answered)
    const forget = () => {
      if (asking.get(sha256) === answered) asking.delete(sha256)
    }
    answered.then(forget, forget)
    return answered
  }

  async function askWho(question: ApiKeyQuestion): Promise<Answer> {
    let problem: unknown
    try {
      const { status, text } = await ask(API_KEY_EXCHANGE_PATH, JSON.stringify(question))
      if (status === NOT_FOUND) return null
      const answer = status === 200 ? readAnswer(JSON.parse(text)) : null
      if (answer) return verified(question.sha256, answer)
      problem = new Error(`answered with status ${status} and no identity`)
    } catch (error) {
      problem = error
    }
    log.warn({ err: problem }, 'an API key could not be exchanged')
    throw unverifiable(problem)
  }

  return {
    async read(key, clientAddress) {
      const sha256 = createHash('sha256').update(key).digest('hex')
      const known = kept.get(sha256)
      const answer = known && known.untilMs > clock.nowMs() ? known.answer : await exchange(sha256, clientAddress)
      if (!answer || answer.expiresAtMs <= Date.now()) throw unauthenticated()
      return answer
    },

    purge(revocation) {
      if ('apiKeySha256' in revocation) {
        kept.delete(revocation.apiKeySha256)
        asking.delete(revocation.apiKeySha256)
      } else if ('subject' in revocation) {
        for (const [sha256, { answer }] of kept.entries()) {
          if (answer?.identity.subject === revocation.subject) kept.delete(sha256)
        }
        asking.clear() // any of them may be about a key of this person
      }
    },
  }
}

function verified(sha256: string, { subject, scopes, ratePerMinute, expiresAtS }: ApiKeyAnswer): VerifiedToken {
  return {
    identity: Object.freeze({ subject, roles: [], scopes: [...scopes], policies: [], session: null }),
    expiresAtMs: expiresAtS === null ? Infinity : expiresAtS * 1_000,
    issuedAtS: null,
    apiKey: { sha256, ratePerMinute },
  }
}

function readAnswer(told: unknown): ApiKeyAnswer | null {
  if (typeof told !== 'object' || told === null) return null
  const { subject, scopes, ratePerMinute, expiresAtS = null } = told as Readonly<Record<string, unknown>>
  if (typeof subject !== 'string' || !isListOfTexts(scopes)) return null
  if (typeof ratePerMinute !== 'number' || (expiresAtS !== null && typeof expiresAtS !== 'number')) return null
  return { subject, scopes, ratePerMinute, expiresAtS }
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((each) => typeof each === 'string')
}

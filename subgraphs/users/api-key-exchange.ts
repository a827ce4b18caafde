// What gateways ask when they meet an API key: whose it is. They keep the answer for a while, so this is asked far less
// often than keys are used.
import type { FastifyInstance } from 'fastify'
import { z } from 'zod'
import { API_KEY_EXCHANGE_PATH } from '../../platform/account-events.ts'
import type { ApiKeyAnswer } from '../../platform/account-events.ts'
import { isStorable } from '../../platform/input.ts'
import type { Log } from '../../platform/log.ts'
import type { ApiKeyStore } from './api-key-store.ts'
import { scopesOf } from './roles.ts'

/** As the column has it: the text form of any address is shorter. */
const ADDRESS_LENGTH_MAX = 64

const question = z.object({
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  clientAddress: z.string().max(ADDRESS_LENGTH_MAX).refine(isStorable).nullable(),
})

export interface ApiKeyExchange {
  /** Adds the route, which has to be closed to whoever does not sign. */
  routes(server: FastifyInstance): void
  /**
   * @param asked an `ApiKeyQuestion`, if all is right
   * @returns null for a key that is no good: unknown, ended, expired, or of a deleted account. `malformed` for what is no
   *   question
   */
  answer(asked: unknown): Promise<ApiKeyAnswer | null | 'malformed'>
  /** Waits for what is being written. */
  close(): Promise<void>
}

export function apiKeyExchange(store: Pick<ApiKeyStore, 'findBearer' | 'writeUse'>, log: Log): ApiKeyExchange {
  const writing = new Set<Promise<void>>()

  // Beside the answer, which does not wait for it: that a key was used is worth less than its use.
  function writeUse(id: string, address: string | null): void {
    const written: Promise<void> = store
      .writeUse(id, address)
      .catch((err: unknown) => log.warn({ err }, 'the use of an API key was not written'))
      .finally(() => writing.delete(written))
    writing.add(written)
  }

  const exchange: ApiKeyExchange = {
    async answer(asked) {
      const read = question.safeParse(asked)
      if (!read.success) return 'malformed'
      const bearer = await store.findBearer(read.data.sha256)
      if (!bearer) return null
      if (bearer.isUseToBeWritten) writeUse(bearer.id, read.data.clientAddress)
      const had = scopesOf(bearer.roles)
      return {
        subject: bearer.userId,
        // Those of now: a role that was taken away takes its scopes from every key.
        scopes: bearer.scopes.filter((scope) => had.includes(scope)),
        ratePerMinute: bearer.ratePerMinute,
        expiresAtS: bearer.expiresAt && bearer.expiresAt.getTime() / 1000,
      }
    },

    routes: (server) =>
      void server.post(API_KEY_EXCHANGE_PATH, async ({ body }, reply) => {
        const answer = await exchange.answer(body)
        if (answer === 'malformed') return reply.code(400).send({ error: 'This is no question.' })
        return answer ?? reply.code(404).send({ error: 'The key is no good.' })
      }),

    close: async () => void (await Promise.all(writing)),
  }
  return exchange
}

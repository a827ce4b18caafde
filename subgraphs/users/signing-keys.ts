// The keys that sign access tokens. They stand in the database, so that every process of this subgraph signs with the
// same ones and a token outlives the process that made it.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import { systemClock } from '../../platform/clock.ts'
import type { Clock } from '../../platform/clock.ts'
import { KEYS_KEPT_S, rotationChange, signerOf } from './signing-key-schedule.ts'
import type { NewSigningKey, SigningKeyRow } from './signing-key-schedule.ts'
import type { ReadKeys, SigningKeyStore } from './signing-key-store.ts'

export interface SigningKeys {
  /** The key that signs now, and its name in the header of a token. */
  signer(): Promise<{ readonly kid: string; readonly key: CryptoKey | Uint8Array }>
  /** The public half of every key: a token verifies as long as its key stands here. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>
}

/** Reads them when they are first needed, and makes the first one. A reading that fails is tried again. */
export function signingKeys(store: SigningKeyStore, clock: Pick<Clock, 'nowMs'> = systemClock): SigningKeys {
  let kept: { readonly keys: ReturnType<typeof load>; readonly readAtMs: number } | undefined

  async function keys() {
    const nowMs = clock.nowMs()
    if (!kept || kept.readAtMs + KEYS_KEPT_S * 1000 < nowMs) {
      const loading = { keys: load(store), readAtMs: nowMs }
      loading.keys.catch(() => {
        if (kept === loading) kept = undefined
      })
      kept = loading
    }
    const { readAtMs } = kept
    const { read, keyOf } = await kept.keys
    // The database's time goes on as ours does.
    return { rows: read.rows, nowMs: read.nowMs + (clock.nowMs() - readAtMs), keyOf }
  }

  return {
    async signer() {
      const { keyOf, ...now } = await keys()
      const { id } = signerOf(now)!
      return { kid: id, key: keyOf.get(id)! }
    },
    async jwks() {
      const { rows } = await keys()
      return { keys: rows.map(publicJwk) }
    },
  }
}

/** A key pair that signs ES256, to be kept. */
export async function makeSigningKey(): Promise<NewSigningKey> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const privateJwk = await exportJWK(privateKey)
  return { id: await calculateJwkThumbprint(privateJwk), privateJwk }
}

async function load(store: SigningKeyStore) {
  const found = await store.read()
  const read = found.rows.length > 0 ? found : await addFirst(store)
  const imported = read.rows.map(async ({ id, privateJwk }) => [id, await importJWK(privateJwk, 'ES256')] as const)
  return { read, keyOf: new Map(await Promise.all(imported)) }
}

// Of processes that start at once, one is first.
async function addFirst(store: SigningKeyStore): Promise<ReadKeys> {
  const fresh = await makeSigningKey()
  return store.change((keys) => (keys.rows.length > 0 ? { add: null, removeIds: [] } : rotationChange(keys, fresh)))
}

// Named one by one: nothing that is not public can slip out.
function publicJwk({ id: kid, privateJwk: { kty, crv, x, y } }: SigningKeyRow): JWK {
  return { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }
}

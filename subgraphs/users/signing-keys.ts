// The keys that sign access tokens. They stand in the database, so that every process of this subgraph signs with the
// same ones and a token outlives the process that made it.
import { calculateJwkThumbprint, exportJWK, generateKeyPair, importJWK } from 'jose'
import type { CryptoKey, JWK } from 'jose'
import type { SigningKeyStore } from './signing-key-store.ts'

/** After this long a process sees a key that was added. */
const KEYS_KEPT_MS = 60_000

export interface SigningKeys {
  /** The newest key, and its name in the header of a token. */
  newest(): Promise<{ readonly kid: string; readonly key: CryptoKey | Uint8Array }>
  /** The public half of every key: a token verifies as long as its key stands here. */
  jwks(): Promise<{ readonly keys: readonly JWK[] }>
}

/** Reads them when they are first needed, and makes the first one. A reading that fails is tried again. */
export function signingKeys(store: SigningKeyStore): SigningKeys {
  let kept: { readonly keys: ReturnType<typeof load>; readonly untilMs: number } | undefined

  function keys() {
    if (!kept || kept.untilMs < performance.now()) {
      const loading = { keys: load(store), untilMs: performance.now() + KEYS_KEPT_MS }
      loading.keys.catch(() => {
        if (kept === loading) kept = undefined
      })
      kept = loading
    }
    return kept.keys
  }

  return {
    newest: async () => (await keys()).newest,
    jwks: async () => (await keys()).jwks,
  }
}

async function load(store: SigningKeyStore) {
  const found = await store.findSigningKeys()
  const rows = found.length > 0 ? found : await store.addFirstSigningKey(await makeKey())
  const [newest] = rows
  const key = await importJWK(newest!.privateJwk, 'ES256')
  return {
    newest: { kid: newest!.id, key },
    jwks: { keys: rows.map(({ id, privateJwk }) => publicJwk(id, privateJwk)) },
  }
}

async function makeKey(): Promise<{ id: string; privateJwk: JWK }> {
  const { privateKey } = await generateKeyPair('ES256', { extractable: true })
  const privateJwk = await exportJWK(privateKey)
  return { id: await calculateJwkThumbprint(privateJwk), privateJwk }
}

// Named one by one: nothing that is not public can slip out.
function publicJwk(kid: string, { kty, crv, x, y }: JWK): JWK {
  return { kty, crv, x, y, kid, use: 'sig', alg: 'ES256' }
}

import { describe, expect, it } from 'vitest'
import { makeLog } from '../../platform/log.ts'
import { rotateWhenDue, startKeyRotation } from './signing-key-rotation.ts'
import { JWKS_MAX_AGE_S, rotationChange, signerOf } from './signing-key-schedule.ts'
import { makeSigningKey, signingKeys } from './signing-keys.ts'
import { memorySigningKeys } from './testing/memory-signing-keys.ts'

const log = makeLog('test', 'silent')
const DAY_MS = 86_400_000
const TOKEN_LIFETIME_S = 3_600

describe('signing keys', () => {
  it('show nothing of the private half', async () => {
    const { keys: shown } = await signingKeys(memorySigningKeys()).jwks()
    expect(shown.map((key) => Object.keys(key).sort())).toEqual([['alg', 'crv', 'kid', 'kty', 'use', 'x', 'y']])
  })

  it('are read once, and again after a reading that failed', async () => {
    let readings = 0
    const store = memorySigningKeys()
    const keys = signingKeys({
      ...store,
      read: async () => {
        readings += 1
        if (readings === 1) throw new Error('away')
        return store.read()
      },
    })
    await expect(keys.signer()).rejects.toThrow('away')
    const [first, second] = await Promise.all([keys.signer(), keys.signer()])
    expect(first.kid).toBe(second.kid)
    expect(readings).toBe(2)
  })

  it('sign at once when they are the first', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    const { kid } = await signingKeys(store, clock).signer()
    expect((await store.read()).rows).toEqual([expect.objectContaining({ id: kid, signsFromMs: clock.nowMs() })])
  })
})

describe('a rotation by command', () => {
  it('shows the new key to everybody, and signs with it when everybody can have read it', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    const first = await signingKeys(store, clock).signer()
    const fresh = await makeSigningKey()
    await store.change((keys) => rotationChange(keys, fresh))

    const process = signingKeys(store, clock)
    expect((await process.jwks()).keys.map(({ kid }) => kid)).toEqual([first.kid, fresh.id])
    clock.pass(JWKS_MAX_AGE_S * 1000)
    expect((await process.signer()).kid).toBe(first.kid)
    clock.pass(JWKS_MAX_AGE_S * 1000)
    expect((await process.signer()).kid).toBe(fresh.id)
  })

  it('adds one key, however often it is asked for before that key signs', async () => {
    const store = memorySigningKeys(stoppedClock().nowMs)
    await signingKeys(store).signer()
    for (let times = 0; times < 3; times += 1) {
      const fresh = await makeSigningKey()
      await store.change((keys) => rotationChange(keys, fresh))
    }
    expect((await store.read()).rows).toHaveLength(2)
  })
})

describe('the schedule', () => {
  const schedule = { lifetimeDays: 90, tokenLifetimeS: TOKEN_LIFETIME_S, log }

  it('replaces a key after its days, and removes it when no token of it is good any more', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    const first = await signingKeys(store, clock).signer()
    const idsAt = async (days: number) => {
      clock.set(days * DAY_MS)
      await rotateWhenDue({ store, ...schedule })
      return (await store.read()).rows.map(({ id }) => id)
    }
    expect(await idsAt(89)).toEqual([first.kid])
    const [, second, ...none] = await idsAt(90)
    expect(none).toEqual([])
    expect(await idsAt(90 + 1 / 24)).toEqual([first.kid, second])
    expect(await idsAt(90 + 2 / 24)).toEqual([second])
    expect(signerOf(await store.read())?.id).toBe(second)
    expect(await idsAt(179)).toEqual([second])
  })

  it('does nothing twice when processes look at the same moment', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    await signingKeys(store, clock).signer()
    clock.pass(91 * DAY_MS)
    await Promise.all(Array.from({ length: 10 }, () => rotateWhenDue({ store, ...schedule })))
    expect((await store.read()).rows).toHaveLength(2)
  })

  it('is looked at at once and every ten minutes, also after a look that failed, until it is closed', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    let looks = 0
    const rotation = startKeyRotation({
      ...schedule,
      clock,
      store: {
        ...store,
        read: () => {
          looks += 1
          if (looks === 1) throw new Error('away')
          return store.read()
        },
      },
    })
    const afterMs = async (ms: number) => {
      await settled()
      clock.pass(ms)
      await settled()
      return looks
    }
    expect(await afterMs(0)).toBe(1)
    expect(await afterMs(599_000)).toBe(1)
    expect(await afterMs(1_000)).toBe(2)
    expect(await afterMs(600_000)).toBe(3)
    await rotation.close()
    expect(await afterMs(DAY_MS)).toBe(3)
  })

  // A verifier that keeps what it read as long as it may, and never asks early, knows the key of every token.
  it('logs nobody out in rotation after rotation, with two processes that read at different times', async () => {
    const clock = stoppedClock()
    const store = memorySigningKeys(clock.nowMs)
    const processes = [signingKeys(store, clock), signingKeys(store, clock)]
    const verifiers = processes.map((process) => keepingVerifier(process, clock))
    const tokens: Token[] = []
    const kids = new Set<string>()
    for (let step = 0; step < 2_400; step += 1) {
      if (step % 10 === 0) await rotateWhenDue({ store, ...schedule, lifetimeDays: 1 })
      const { kid } = await processes[step % 2]!.signer()
      kids.add(kid)
      tokens.push({ kid, expiresAtMs: clock.nowMs() + TOKEN_LIFETIME_S * 1000 })
      while (tokens[0]!.expiresAtMs <= clock.nowMs()) tokens.shift()
      for (const knownKids of verifiers) {
        const known = await knownKids()
        expect(tokens.filter(({ kid }) => !known.includes(kid))).toEqual([])
      }
      // Steps of a length that fits into no other, but for the hours in which nothing comes or goes.
      const { rows } = await store.read()
      const busyAgainAtMs = rows[0]!.signsFromMs + (DAY_MS * 23) / 24
      if (rows.length === 1 && clock.nowMs() < busyAgainAtMs) clock.set(busyAgainAtMs + (step % 97) * 1_000)
      else clock.pass(23_000)
    }
    expect(kids.size).toBeGreaterThanOrEqual(5)
    expect((await store.read()).rows.length).toBeLessThanOrEqual(2)
  })
})

interface Token {
  readonly kid: string
  readonly expiresAtMs: number
}

function keepingVerifier(process: ReturnType<typeof signingKeys>, clock: ReturnType<typeof stoppedClock>) {
  let kept: { readonly kids: readonly (string | undefined)[]; readonly untilMs: number } | undefined
  return async () => {
    if (!kept || kept.untilMs <= clock.nowMs()) {
      const { keys } = await process.jwks()
      kept = { kids: keys.map((key) => key.kid), untilMs: clock.nowMs() + JWKS_MAX_AGE_S * 1000 }
    }
    return kept.kids
  }
}

/** Stands still unless it is told to move. */
function stoppedClock() {
  let nowMs = 0
  let waiting: { readonly atMs: number; readonly callback: () => void }[] = []
  const set = (ms: number) => {
    nowMs = ms
    const due = waiting.filter(({ atMs }) => atMs <= nowMs)
    waiting = waiting.filter(({ atMs }) => atMs > nowMs)
    for (const { callback } of due) callback()
  }
  return {
    nowMs: () => nowMs,
    set,
    pass: (ms: number) => set(nowMs + ms),
    after(delayMs: number, callback: () => void) {
      const entry = { atMs: nowMs + delayMs, callback }
      waiting.push(entry)
      return () => void (waiting = waiting.filter((other) => other !== entry))
    },
  }
}

/** Key pairs are made in threads: what waits for one needs a while of real time. */
const settled = () => new Promise((resolve) => setTimeout(resolve, 30))

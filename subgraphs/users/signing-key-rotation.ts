// Replaces the keys that sign access tokens when it is time. Every process looks, now and then: who finds something to do
// does it while no other can, so that each thing is done once.
import type { Clock } from '../../platform/clock.ts'
import type { Log } from '../../platform/log.ts'
import { scheduledChange } from './signing-key-schedule.ts'
import type { KeyChange } from './signing-key-schedule.ts'
import type { SigningKeyStore } from './signing-key-store.ts'
import { makeSigningKey } from './signing-keys.ts'

/** Of days in which a key signs, ten minutes are nothing. */
const LOOK_EVERY_MS = 600_000

export interface RotationParts {
  readonly store: SigningKeyStore
  /** How long a key signs before it is replaced. */
  readonly lifetimeDays: number
  /** The longest that a token lives. */
  readonly tokenLifetimeS: number
  readonly log: Log
  readonly clock: Clock
}

/** Looks at once, and from then on every ten minutes. A look that fails is logged, and followed by the next. */
export function startKeyRotation(parts: RotationParts): { close(): Promise<void> } {
  let isClosed = false
  let callOff = () => {}

  const look = async () => {
    try {
      await rotateWhenDue(parts)
    } catch (err) {
      parts.log.warn({ err }, 'the signing keys were not looked at')
    }
    if (!isClosed) callOff = parts.clock.after(LOOK_EVERY_MS, () => (looking = look()))
  }

  let looking = look()
  return {
    close() {
      isClosed = true
      callOff()
      return looking
    },
  }
}

/** Adds the next key when it is time for it, and removes those that nothing is left of. */
export async function rotateWhenDue({ store, log, ...schedule }: Omit<RotationParts, 'clock'>): Promise<void> {
  const fresh = await makeSigningKey()
  // Looked at without a lock, most often in vain; decided with one.
  if (isNothing(scheduledChange(await store.read(), fresh, schedule))) return
  let change: KeyChange | undefined
  await store.change((keys) => (change = scheduledChange(keys, fresh, schedule)))
  if (change?.add) log.info({ kid: change.add.id }, 'a signing key was added')
  if (change?.removeIds.length) log.info({ kids: change.removeIds }, 'signing keys were removed')
}

const isNothing = ({ add, removeIds }: KeyChange) => add === null && removeIds.length === 0

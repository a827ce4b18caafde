import type { SigningKeyRow } from '../signing-key-schedule.ts'
import type { ReadKeys, SigningKeyStore } from '../signing-key-store.ts'

/** What the database keeps, on a clock of the test's own. @param nowMs milliseconds since 1970 */
export function memorySigningKeys(nowMs: () => number = Date.now): SigningKeyStore {
  let rows: readonly SigningKeyRow[] = []
  const read = (): ReadKeys => ({ rows, nowMs: nowMs() })
  return {
    read: async () => read(),
    async change(decide) {
      const { add, removeIds } = decide(read())
      const kept = rows.filter(({ id }) => !removeIds.includes(id))
      rows = (add ? [...kept, { ...add, createdAtMs: nowMs() }] : kept).toSorted(
        (one, other) => one.signsFromMs - other.signsFromMs,
      )
      return read()
    },
  }
}

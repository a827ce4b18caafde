// What every follower was told, held against the log of events, which is the truth.
import type { Follower } from './followers.ts'
import type { LoggedEvent } from './system.ts'

export interface FollowerVerdict {
  readonly follower: Follower
  /** Events that it had to be told. */
  readonly events: number
  readonly lost: readonly number[]
  readonly doubled: readonly number[]
  readonly outOfOrder: readonly number[]
  /** Positions at which it was told something else, or that were not for it. */
  readonly wrong: readonly number[]
}

export function judge(follower: Follower, log: readonly LoggedEvent[]): FollowerVerdict {
  const expected = new Map(log.filter(isFor(follower)).map((each) => [each.position, each]))
  const told = new Set<number>()
  const doubled: number[] = []
  const outOfOrder: number[] = []
  const wrong: number[] = []
  let last = 0
  for (const { position, kind, itemId } of follower.events) {
    if (!matches(expected.get(position), kind, itemId)) wrong.push(position)
    if (told.has(position)) doubled.push(position)
    else if (position < last) outOfOrder.push(position)
    told.add(position)
    last = Math.max(last, position)
  }
  const lost = [...expected.keys()].filter((position) => !told.has(position))
  return { follower, events: expected.size, lost, doubled, outOfOrder, wrong }
}

/** Whether it has come to the end of what it has to be told. */
export function hasLast(follower: Follower, log: readonly LoggedEvent[]): boolean {
  const last = log.findLast(isFor(follower))
  return last === undefined || follower.events.some(({ position }) => position === last.position)
}

/** Changes that were answered and are not in the log, or not as often. */
export function missingChanges(acknowledged: ReadonlyMap<string, number>, log: readonly LoggedEvent[]): string[] {
  const logged = new Map<string, number>()
  // An item that goes out of view is one change and two events.
  for (const { itemEvent } of log) {
    if (itemEvent && itemEvent.kind !== 'REMOVED') {
      logged.set(itemEvent.itemId, (logged.get(itemEvent.itemId) ?? 0) + 1)
    }
  }
  return [...acknowledged].filter(([id, changes]) => (logged.get(id) ?? 0) < changes).map(([id]) => id)
}

function isFor({ scope, personId }: Follower) {
  const channel = scope === 'PUBLIC' ? 'public' : `owner:${personId}`
  return ({ itemEvent, channels }: LoggedEvent) => itemEvent !== null && channels.includes(channel)
}

const matches = (logged: LoggedEvent | undefined, kind: string, itemId: string) =>
  logged?.itemEvent?.kind === kind && logged.itemEvent.itemId === itemId

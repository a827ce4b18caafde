// Where a client stands in the logs of its sources, as it is told and tells it again when it comes back. For clients the
// text means nothing; it grants nothing either: rights come from the check at subscribing and from each event.
import { ApiError } from '../../platform/errors.ts'

/** A position for each of a few sources. Longer than it can be. */
const LENGTH_MAX = 1_000

/** For instance `items:1042`, or of several sources `items:1042,users:7`. */
export function writePosition(positions: Iterable<readonly [source: string, position: number]>): string {
  return [...positions].map(([source, position]) => `${source}:${position}`).join()
}

/**
 * @param given from a client: the `extensions.after` of a subscription, or `Last-Event-ID`
 * @returns the position in the log of the source; null where none is given for it: the client follows from now on
 * @throws ApiError BAD_USER_INPUT when it is none of ours
 */
export function readPosition(given: unknown, source: string): number | null {
  if (given === undefined || given === null || given === '') return null
  if (typeof given !== 'string' || given.length > LENGTH_MAX || !/^[\w-]+:\d{1,15}(,[\w-]+:\d{1,15})*$/.test(given)) {
    throw new ApiError('BAD_USER_INPUT', 'That is no position to go on after.', { field: 'extensions.after' })
  }
  return new Map(entriesOf(given)).get(source) ?? null
}

/**
 * Where a client stands that follows several things: for each source what it was told of everywhere.
 *
 * @param current where it would stand if it followed nothing
 */
export function positionOfAll(current: string, followed: Iterable<{ position(): string }>): string {
  const told = new Map<string, number>()
  for (const each of followed) {
    for (const [source, position] of entriesOf(each.position())) {
      told.set(source, Math.min(position, told.get(source) ?? position))
    }
  }
  return writePosition(new Map([...entriesOf(current), ...told]))
}

function entriesOf(position: string): [source: string, position: number][] {
  if (position === '') return []
  return position.split(',').map((entry) => {
    const colon = entry.indexOf(':')
    return [entry.slice(0, colon), Number(entry.slice(colon + 1))]
  })
}

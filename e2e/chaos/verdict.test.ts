// A judge that sees nothing would find everybody innocent.
import { expect, it } from 'vitest'
import type { Follower, ToldEvent } from './followers.ts'
import type { LoggedEvent } from './system.ts'
import { hasLast, judge, missingChanges } from './verdict.ts'

const log = [1, 2, 3, 4].map((position) => logged(position, 'public', 'UPDATED'))

it.each([
  ['nothing', [1, 2, 3, 4], {}],
  ['what is lost', [1, 2, 4], { lost: [3] }],
  ['what is lost at the end', [1, 2, 3], { lost: [4] }],
  ['what is doubled', [1, 2, 2, 3, 4], { doubled: [2] }],
  ['what is doubled much later', [1, 2, 3, 4, 1], { doubled: [1] }],
  ['what is out of order', [1, 3, 2, 4], { outOfOrder: [2] }],
  ['what is in no log', [1, 2, 3, 4, 5], { wrong: [5] }],
])('finds %s', (_what, positions, found) => {
  const verdict = judge(follower(positions.map((position) => told(position))), log)

  expect(verdict).toMatchObject({ events: 4, lost: [], doubled: [], outOfOrder: [], wrong: [], ...found })
})

it('finds what was told as something else', () => {
  const events = [told(1), { ...told(2), kind: 'DELETED' }, { ...told(3), itemId: 'b' }, told(4)]

  expect(judge(follower(events), log)).toMatchObject({ lost: [], wrong: [2, 3] })
})

it('finds what was meant for others, and misses nothing that was', () => {
  const others = logged(5, 'owner:ada', 'UPDATED')

  expect(judge(follower([1, 2, 3, 4, 5].map(told)), [...log, others])).toMatchObject({
    events: 4,
    lost: [],
    wrong: [5],
  })
  expect(judge(follower([told(5)], 'ada'), [...log, others])).toMatchObject({ events: 1, lost: [], wrong: [] })
})

it('expects nobody to be told events of other fields', () => {
  const activity: LoggedEvent = { position: 5, channels: ['public'], itemEvent: null }

  expect(judge(follower([1, 2, 3, 4].map(told)), [...log, activity])).toMatchObject({ events: 4, lost: [] })
  expect(hasLast(follower([told(4)]), [...log, activity])).toBe(true)
  expect(missingChanges(new Map([['a', 4]]), [...log, activity])).toEqual([])
})

it('waits for the last event of its own channel', () => {
  expect(hasLast(follower([told(3)]), log)).toBe(false)
  expect(hasLast(follower([told(4)]), log)).toBe(true)
  expect(hasLast(follower([], 'ada'), log)).toBe(true)
})

it('finds changes that were answered and are not in the log', () => {
  const removed = logged(5, 'public', 'REMOVED')

  expect(missingChanges(new Map([['a', 4]]), [...log, removed])).toEqual([])
  expect(
    missingChanges(
      new Map([
        ['a', 5],
        ['b', 1],
      ]),
      [...log, removed],
    ),
  ).toEqual(['a', 'b'])
})

function logged(position: number, channel: string, kind: string): LoggedEvent {
  return { position, channels: [channel], itemEvent: { kind, itemId: 'a' } }
}

const told = (position: number): ToldEvent => ({ position, kind: 'UPDATED', itemId: 'a' })

function follower(events: readonly ToldEvent[], personId: string | null = null): Follower {
  const scope = personId === null ? 'PUBLIC' : 'MINE'
  const kind = 'graphql-ws'
  return { kind, scope, personId, events, others: [], returns: () => 0, isFollowing: () => true, end: () => {} }
}

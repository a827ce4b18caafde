import { describe, expect, it } from 'vitest'
import type { SubscriptionResults } from '../subscriptions.ts'
import { subscriptionTables } from './table.ts'
import { subscriptionVerdicts } from './targets.ts'

describe('a verdict on subscriptions', () => {
  it('is met where an event is executed once for each group and everybody has it in time', () => {
    expect(missed(results())).toEqual([])
  })

  it.each([
    ['one fetch too many', { strangers: audience({ fetches: 3 }) }],
    ['more executions than one of what is for everybody', { signedIn: audience({ fetches: 200 }) }],
    ['fewer executions than groups: somebody got the answer of another', { apart: audience({ fetches: 2 }) }],
    ['a frame that differs', { strangers: audience({ fetches: 2, differing: 1 }) }],
    ['a late delivery', { strangers: audience({ fetches: 2, p99Ms: 251 }) }],
    ['more memory', { memory: { liveKb: 12.1, rssKb: 12.1 } }],
    ['a slow way from Postgres', { commitToSocket: { ...results().commitToSocket, p99Ms: 51 } }],
  ])('is missed with %s', (_, changed) => {
    expect(missed({ ...results(), ...changed })).toHaveLength(1)
  })
})

it('says in the table what was missed', () => {
  const text = subscriptionTables({ ...results(), memory: { liveKb: 20, rssKb: 30 } })

  expect(text).toMatch(/MISSED +memory of a subscriber +at most 12 KB +is 20.0 KB/)
})

const missed = (results: SubscriptionResults) => subscriptionVerdicts(results).filter(({ isMet }) => !isMet)

const audience = (changed: object) => ({
  ...{ events: 15, firstMs: 20, p50Ms: 90, p99Ms: 180, lastMs: 170, cpuUs: 15, fetches: 2, differing: 0 },
  ...changed,
})

const results = (): SubscriptionResults => ({
  part: 'subscriptions',
  measured: { date: '2026-11-21', commit: null, cores: 2, platform: 'linux-x64', node: 'v24.0.0' },
  sockets: 10_000,
  people: 100,
  strangers: audience({}),
  signedIn: audience({}),
  apart: audience({ fetches: 200 }),
  broadcast: audience({}),
  ratio: { cpu: 1, p99: 1 },
  memory: { liveKb: 11, rssKb: 12 },
  unfollowed: { eventsPerSecond: 2_000, cpuMsPer1000: 20 },
  saturation: {
    oneGroup: { groups: 1, sockets: 100, eventsPerSecond: 500, gaveWayAt: 650 },
    manyGroups: { groups: 100, sockets: 100, eventsPerSecond: 20, gaveWayAt: 26 },
  },
  commitToSocket: { changesPerSecond: 100, sockets: 100, p50Ms: 10, p99Ms: 30, answerMs: 5 },
})

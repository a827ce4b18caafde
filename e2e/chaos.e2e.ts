// What chaos.soak.ts shows at full length, in half a minute: every kind of end once.
import { expect, it } from 'vitest'
import { describeWithRedis } from './support/redis.ts'
import type { FaultKind } from './chaos/faults.ts'
import { describeOutcome, totals } from './chaos/report.ts'
import { runChaos } from './chaos/run.ts'

const FAULTS: readonly FaultKind[] = [
  'Redis is killed and started again',
  "Redis's connections are cut",
  'a gateway is killed',
  'a users process is killed',
  'the publisher is killed in the middle of a batch',
  "clients' connections are cut",
]

const CHANGES = 200
/** Processes are started a dozen times: half a minute, and more where others work on the machine, too. */
const TIMEOUT_MS = 180_000

describeWithRedis('clients that follow changes while everything breaks once', () => {
  it('are told every event, in order, once, also the last one before a silence', { timeout: TIMEOUT_MS }, async () => {
    const outcome = await runChaos({
      seed: 1,
      changes: CHANGES,
      changesPerSecond: 20,
      clients: 8,
      gateways: 2,
      awayMaxMs: 200,
      faults: FAULTS,
      pauseMs: 300,
      lastFaults: ["Redis's connections are cut"],
      silenceMs: 3_000,
    })

    const { lost, doubled, outOfOrder, wrong, others } = totals(outcome)
    expect({ lost, doubled, outOfOrder, wrong, others }, describeOutcome(outcome)).toEqual({
      lost: 0,
      doubled: 0,
      outOfOrder: 0,
      wrong: 0,
      others: 0,
    })
    expect(outcome).toMatchObject({ missingChanges: [], hasHoles: false })
    expect(outcome.events).toBeGreaterThanOrEqual(CHANGES)
    expect([...outcome.faults.keys()].sort()).toEqual([...FAULTS].sort())
  })
})

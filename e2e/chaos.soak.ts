// Chaos at full length: what subscriptions promise while everything under them breaks again and again.
import { expect, it } from 'vitest'
import { describeWithRedis } from './support/redis.ts'
import { faultKinds } from './chaos/faults.ts'
import { describeOutcome, totals } from './chaos/report.ts'
import { runChaos } from './chaos/run.ts'

/** Another one is another order of faults. */
const SEED = 1
const CHANGES = 10_000
const CLIENTS = 20

describeWithRedis('twenty clients that follow ten thousand changes while everything breaks', () => {
  it('are told every event, in order, once, also the last one before 30 s of silence', async () => {
    const outcome = await runChaos({
      seed: SEED,
      changes: CHANGES,
      changesPerSecond: 60,
      clients: CLIENTS,
      gateways: 3,
      awayMaxMs: 2_000,
      faults: faultKinds,
      pauseMs: 2_000,
      lastFaults: [
        "Redis's connections are cut",
        'the publisher is killed in the middle of a batch',
        'a gateway is killed',
        'Redis is killed and started again',
      ],
      silenceMs: 30_000,
    })

    process.stdout.write(`${describeOutcome(outcome)}\n`)
    expect(totals(outcome)).toMatchObject({ lost: 0, doubled: 0, outOfOrder: 0, wrong: 0, others: 0 })
    expect(outcome).toMatchObject({ missingChanges: [], hasHoles: false })
    expect(outcome.events).toBeGreaterThanOrEqual(CHANGES)
    expect([...outcome.faults.keys()].sort()).toEqual([...faultKinds].sort())
    for (const { toldWithinMs } of outcome.silences) expect(toldWithinMs).not.toBeNull()
  })
})

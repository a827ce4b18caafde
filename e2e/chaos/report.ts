// What a run of chaos came to, for people.
import type { ChaosOutcome } from './run.ts'

/** Sums over all clients. */
export function totals({ clients }: ChaosOutcome) {
  const sum = (count: (client: (typeof clients)[number]) => number) => clients.map(count).reduce((a, b) => a + b, 0)
  return {
    deliveries: sum(({ events }) => events),
    lost: sum(({ lost }) => lost.length),
    doubled: sum(({ doubled }) => doubled.length),
    outOfOrder: sum(({ outOfOrder }) => outOfOrder.length),
    wrong: sum(({ wrong }) => wrong.length),
    others: sum(({ follower }) => follower.others.length),
  }
}

export function describeOutcome(outcome: ChaosOutcome): string {
  const { events, unanswered, clients, faults, silences, durationMs } = outcome
  const row = (...cells: readonly unknown[]) =>
    cells.map((cell, nth) => (nth ? String(cell).padStart(8) : String(cell).padEnd(24))).join('')
  const { deliveries, lost, doubled, outOfOrder } = totals(outcome)
  return [
    `${events} events (and ${unanswered} changes without an answer) in ${Math.round(durationMs / 1_000)} s`,
    '',
    row('client', 'events', 'returns', 'lost', 'doubled', 'disorder'),
    ...clients.map(({ follower: { kind, scope, returns }, events, lost, doubled, outOfOrder }) =>
      row(`${kind} ${scope}`, events, returns(), lost.length, doubled.length, outOfOrder.length),
    ),
    row(`${clients.length} clients`, deliveries, '', lost, doubled, outOfOrder),
    '',
    ...[...faults].map(([kind, { caused, hit }]) => `${caused} × ${kind}${hit < caused ? ` (${hit} as meant)` : ''}`),
    '',
    ...silences.map(({ fault, toldWithinMs, behind }) => {
      const when =
        toldWithinMs === null ? 'not told to everybody' : `told to everybody within ${Math.round(toldWithinMs)} ms`
      return `the last event before a silence, and ${fault}: ${when}${behind.map((each) => `; was behind: ${each}`).join('')}`
    }),
  ].join('\n')
}

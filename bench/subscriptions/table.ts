// The figures as text, for who runs the bench.
import type { Audience, Broadcast, SubscriptionResults } from '../subscriptions.ts'
import { aligned } from '../table.ts'
import { subscriptionVerdicts } from './targets.ts'

export function subscriptionTables(results: SubscriptionResults): string {
  const { sockets, people, ratio, memory, unfollowed, saturation, commitToSocket } = results
  const steps = Object.values(saturation).map(({ groups, sockets, eventsPerSecond, gaveWayAt }) => {
    const end = gaveWayAt === null ? 'not measured further' : `not ${gaveWayAt}`
    return `  ${groups} × ${sockets / groups} sockets: ${eventsPerSecond} events/s, ${eventsPerSecond * sockets} deliveries/s, ${end}`
  })
  const { changesPerSecond, p50Ms, p99Ms, answerMs } = commitToSocket
  const told = subscriptionVerdicts(results).map(({ what, wanted, found, isMet }) => [
    isMet ? 'met' : 'MISSED',
    what,
    wanted,
    `is ${found}`,
  ])
  return [
    '',
    ...aligned([
      [`${sockets} sockets, an event`, 'first ms', 'p50 ms', 'p99 ms', 'last ms', 'CPU µs/delivery', 'fetches'],
      ['Tributary, one group', ...audience(results.strangers)],
      [`Tributary, ${people} people, one group`, ...audience(results.signedIn)],
      [`Tributary, ${people} people, ${people} groups`, ...audience(results.apart)],
      ['ws alone, the same frames', ...row(results.broadcast), ''],
    ]),
    `  Tributary : ws alone, one group: CPU ${ratio.cpu.toFixed(2)}, p99 ${ratio.p99.toFixed(2)}`,
    '',
    `A subscriber takes ${memory.liveKb.toFixed(1)} KB of heap and buffers, ${memory.rssKb.toFixed(1)} KB of the process.`,
    `Events that nobody follows: ${unfollowed.cpuMsPer1000.toFixed(0)} ms CPU for 1,000, at ${unfollowed.eventsPerSecond} a second.`,
    `From a change in Postgres to ${commitToSocket.sockets} sockets, ${changesPerSecond} changes a second: p50 ${p50Ms.toFixed(1)} ms, p99 ${p99Ms.toFixed(1)} ms; the change was answered after ${answerMs.toFixed(1)} ms.`,
    'Delivered as fast as they came:',
    ...steps,
    '',
    ...aligned(told),
  ].join('\n')
}

const audience = (each: Audience) => [...row(each), String(each.fetches)]

function row({ firstMs, p50Ms, p99Ms, lastMs, cpuUs }: Broadcast): string[] {
  return [...[firstMs, p50Ms, p99Ms, lastMs].map((ms) => ms.toFixed(1)), cpuUs.toFixed(1)]
}

// The services that processes of a simulation share: a log in a database, and a bus that loses messages as Redis does.
import type { EventFeed } from '../event-feed.ts'
import type { EventLog } from '../event-log.ts'
import type { PubSub } from '../pubsub.ts'
import type { MemoryEventLog } from './memory-event-log.ts'
import type { Faults, SimulatedProcess, Simulation } from './simulation.ts'

/** The database learns of the death of a process within this. */
const DEATH_NOTICED_MAX_MS = 1_000

/** The log as a process reaches it. A request that fails takes the session with it. */
export function logOf(
  simulation: Simulation,
  process: SimulatedProcess,
  memory: MemoryEventLog,
  faults: Faults,
): EventLog {
  return {
    open(onLost) {
      const connection = process.connect(faults)
      const session = memory.log.open(() => process.notice(onLost))
      process.onDeath(() => simulation.clock.after(simulation.chance.between(0, DEATH_NOTICED_MAX_MS), session.close))
      const call = <Result>(request: () => Promise<Result>) =>
        connection.call(request).catch(async (error: unknown) => {
          await session.close()
          throw error
        })
      return {
        lead: () => call(session.lead),
        givePositions: (limit) => call(() => session.givePositions(limit)),
        unpublished: (limit) => call(() => session.unpublished(limit)),
        markPublished: (first, last) => call(() => session.markPublished(first, last)),
        prune: (keptHours, limit) => call(() => session.prune(keptHours, limit)),
        close: () => connection.call(session.close).catch(() => session.close()),
      }
    },
  }
}

/** The feed as a process reaches it. */
export function feedOf(process: SimulatedProcess, memory: MemoryEventLog, faults: Faults): EventFeed {
  const connection = process.connect(faults)
  return { read: (request) => connection.call(() => memory.feed.read(request)) }
}

export interface SimulatedBus {
  pubsubOf(process: SimulatedProcess, faults: Faults): PubSub
  /** While it is away it takes no message. */
  isAway: boolean
  /** Of all messages, how many do not reach a subscriber; from 0 to 1. */
  lost: number
}

/** @param onMessage told of every message that the bus takes, in order */
export function simulatedBus(
  simulation: Simulation,
  onMessage: (channel: string, message: unknown) => void = () => {},
): SimulatedBus {
  const subscribers = new Set<{ readonly channel: string; readonly deliver: (message: unknown) => void }>()

  const bus: SimulatedBus = {
    isAway: false,
    lost: 0,
    pubsubOf(process, faults) {
      const connection = process.connect(faults)
      return {
        publish: (channel, message) =>
          connection.call(() => {
            if (bus.isAway) throw new Error('the bus is away')
            onMessage(channel, message)
            for (const each of subscribers) {
              if (each.channel === channel && !simulation.chance.is(bus.lost)) each.deliver(message)
            }
          }),
        subscribe: (channel, receive) =>
          connection.call(() => {
            const subscriber = { channel, deliver: inOrder(simulation, process, receive) }
            subscribers.add(subscriber)
            process.onDeath(() => subscribers.delete(subscriber))
            return async () => void subscribers.delete(subscriber)
          }),
        isHealthy: async () => !bus.isAway,
        close: async () => {},
      }
    },
  }
  return bus
}

/** Messages take a while, none overtakes another. */
function inOrder({ chance, clock }: Simulation, process: SimulatedProcess, receive: (message: unknown) => void) {
  let lastMs = 0
  return (message: unknown) => {
    lastMs = Math.max(lastMs, clock.nowMs() + chance.between(0, 20))
    clock.after(lastMs - clock.nowMs(), () => process.notice(() => receive(message)))
  }
}

// A publisher in a process of its own, for tests that kill it. What it sends, its parent is told; and when it comes to
// the step at which it shall die, it says so and does nothing more.
import { openDatabase } from '../database.ts'
import { postgresEventLog } from '../event-log.ts'
import type { EventLog } from '../event-log.ts'
import { makeLog } from '../log.ts'
import { startPublisher } from '../publisher.ts'
import type { PubSub } from '../pubsub.ts'

export type Step =
  | 'before it gives positions'
  | 'when it has given positions'
  | 'when it has sent some of a batch'
  | 'when it has sent a batch'
  | 'when it has marked a batch'
  | 'never'

/** What the parent is told. */
export type Told = { readonly sent: unknown } | { readonly reached: Step } | { readonly leads: true }

if (import.meta.main) {
  const [databaseUrl, step] = process.argv.slice(2) as [string, Step]
  const database = openDatabase(databaseUrl, { statementTimeoutMs: 30_000, applicationName: 'doomed' })
  startPublisher({
    source: 'items',
    events: dyingAt(step, postgresEventLog(database)),
    pubsub: toParent(step),
    retentionHours: 1,
    log: makeLog('doomed', 'silent'),
  })
}

function dyingAt(step: Step, log: EventLog): EventLog {
  return {
    open(onLost) {
      const session = log.open(onLost)
      return {
        ...session,
        async lead() {
          const leads = await session.lead()
          if (leads) tell({ leads: true })
          return leads
        },
        async givePositions(limit) {
          await reach('before it gives positions', step)
          await session.givePositions(limit)
          await reach('when it has given positions', step)
        },
        async markPublished(first, last) {
          await reach('when it has sent a batch', step)
          await session.markPublished(first, last)
          await reach('when it has marked a batch', step)
        },
      }
    },
  }
}

function toParent(step: Step): PubSub {
  let sent = 0
  return {
    async publish(_channel, message) {
      if (sent === 3) await reach('when it has sent some of a batch', step)
      sent += 1
      tell({ sent: message })
    },
    subscribe: async () => async () => {},
    isHealthy: async () => true,
    close: async () => {},
  }
}

async function reach(here: Step, step: Step): Promise<void> {
  if (here !== step) return
  tell({ reached: here })
  await new Promise(() => {})
}

const tell = (told: Told) => void process.send!(told)

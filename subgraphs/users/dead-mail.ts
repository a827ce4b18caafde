// What operators do with mail that was put aside because it could not be sent: look at it, and have it sent again.
import { openDatabase } from '../../platform/database.ts'
import { pgBossDatabase } from './job-queue.ts'
import { DEAD_MAIL_QUEUE, MAIL_QUEUE } from './mail-queue.ts'
import type { MailJob } from './mail-queue.ts'

const STATEMENT_TIMEOUT_MS = 10_000
/** Taken at a time. */
const BATCH_SIZE = 100

export interface DeadMail {
  readonly id: string
  readonly kind: string
  readonly userId: string
  readonly failedAt: string
  /** The code of the mail server's last answer. */
  readonly error: string
}

export interface DeadMailBox {
  /** Oldest first. */
  list(): Promise<DeadMail[]>
  /** Has all of it sent again, as often as new mail is tried. @returns how many there were */
  replay(): Promise<number>
  close(): Promise<void>
}

/** @param databaseUrl of the users database, whose queue some process of the subgraph has made */
export async function openDeadMail(databaseUrl: string): Promise<DeadMailBox> {
  const { PgBoss } = await import('pg-boss')
  const { sql, close } = openDatabase(databaseUrl, {
    statementTimeoutMs: STATEMENT_TIMEOUT_MS,
    applicationName: 'jobs',
  })
  const boss = new PgBoss({ db: pgBossDatabase(sql), supervise: false, schedule: false })
  boss.on('error', () => {}) // every call below rejects by itself
  try {
    await boss.start()
    await boss.createQueue(DEAD_MAIL_QUEUE)
    await boss.createQueue(MAIL_QUEUE)
  } catch (error) {
    await close()
    throw error
  }

  return {
    async list() {
      const jobs = await boss.findJobs<MailJob>(DEAD_MAIL_QUEUE, { queued: true })
      return jobs.map(({ id, data, createdOn, sourceOutput }) => ({
        id,
        kind: data.kind,
        userId: data.userId,
        failedAt: new Date(createdOn).toISOString(),
        error: String((sourceOutput as { error?: unknown } | null)?.error ?? 'UNKNOWN'),
      }))
    },

    async replay() {
      let replayed = 0
      for (;;) {
        const jobs = await boss.fetch<MailJob>(DEAD_MAIL_QUEUE, { batchSize: BATCH_SIZE })
        if (jobs.length === 0) return replayed
        for (const { id, data } of jobs) {
          // In this order: whoever dies in between leaves a mail that is sent twice, and none that is not.
          await boss.send(MAIL_QUEUE, { kind: data.kind, userId: data.userId } satisfies MailJob)
          await boss.complete(DEAD_MAIL_QUEUE, id)
          replayed += 1
        }
      }
    },

    async close() {
      await boss.stop({ graceful: false })
      await close()
    },
  }
}

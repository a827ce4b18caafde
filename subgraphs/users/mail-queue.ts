// Mail that is to be sent: a job holds what kind it is and for whom, and never a token.
import type { JobQueue } from './job-queue.ts'
import type { Transaction } from './transactions.ts'

export const MAIL_QUEUE = 'mail'
/** Mail that could not be sent, until somebody replays it. */
export const DEAD_MAIL_QUEUE = 'dead-mail'

export type MailKind = 'VERIFY_EMAIL' | 'RESET_PASSWORD' | 'REFRESH_TOKEN_REUSED'

export interface MailJob {
  readonly kind: MailKind
  /** Of nobody, where an address is unknown: the job is sent all the same, and does nothing. */
  readonly userId: string
  /** How often it was tried before. */
  readonly triedTimes?: number
}

export interface MailQueue {
  /** Waits until mail can be sent: to be called before the transaction. */
  ready(): Promise<void>
  send(tx: Transaction, job: MailJob): Promise<void>
  /** To be called after the commit, so that the mail goes out at once. */
  wake(): void
}

export const mailQueue = (jobs: JobQueue): MailQueue => ({
  ready: jobs.ready,
  send: (tx, job) => jobs.send(tx, MAIL_QUEUE, job),
  wake: jobs.wake,
})

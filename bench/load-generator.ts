// The process of load.ts, from the outside.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'
import type { Load, LoadJob, LoadReply } from './load.ts'

export interface LoadGenerator {
  /** One job at a time. @throws Error when an answer is not the right one */
  run(job: LoadJob): Promise<Load>
  end(): Promise<void>
}

export function startLoadGenerator(): LoadGenerator {
  const child = fork(fileURLToPath(new URL('load.ts', import.meta.url)), { serialization: 'advanced' })
  const ended = once(child, 'exit').then(([code]) => ({ fault: `The load generator ended with ${code}.` }))
  return {
    async run(job) {
      const answered = once(child, 'message').then(([reply]) => reply as LoadReply)
      child.send(job)
      const reply = await Promise.race([answered, ended])
      if ('fault' in reply) throw new Error(reply.fault)
      return reply.load
    },
    async end() {
      if (child.connected) child.disconnect() // upon which it ends
      await ended
    },
  }
}

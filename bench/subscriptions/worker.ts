// A process of the bench that does jobs, one at a time: who follows, who sends. Apart, so that what each costs is its own.
import { fork } from 'node:child_process'
import { once } from 'node:events'
import { fileURLToPath } from 'node:url'

/** By name. */
export type Jobs = Readonly<Record<string, (...given: never[]) => unknown>>

export interface Worker<Own extends Jobs> {
  readonly pid: number
  /** @throws Error when the job fails, or the process ends */
  ask<Name extends keyof Own & string>(
    name: Name,
    ...given: Parameters<Own[Name]>
  ): Promise<Awaited<ReturnType<Own[Name]>>>
  end(): Promise<void>
}

type Reply = { readonly done: unknown } | { readonly fault: string }

/** @param file of this folder */
export function startWorker<Own extends Jobs>(file: string): Worker<Own> {
  const child = fork(fileURLToPath(new URL(file, import.meta.url)), {
    serialization: 'advanced',
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
  })
  const ended = once(child, 'exit').then(([code]): [Reply] => [{ fault: `${file} ended with ${code}.` }])
  return {
    pid: child.pid!,
    async ask(name, ...given) {
      const replied = once(child, 'message') as Promise<[Reply]>
      child.send({ name, given })
      const [reply] = await Promise.race([replied, ended])
      if ('fault' in reply) throw new Error(reply.fault)
      return reply.done as never
    },
    async end() {
      if (child.connected) child.disconnect() // upon which it ends
      await ended
    },
  }
}

/** In the worker's process: does what it is asked until its parent leaves. */
export function doJobs(jobs: Jobs): void {
  process.on('message', async ({ name, given }: { name: string; given: never[] }) => {
    const reply: Reply = await (async () => jobs[name]!(...given))().then(
      (done) => ({ done }),
      (error: Error) => ({ fault: error.stack ?? error.message }),
    )
    process.send!(reply)
  })
  process.once('disconnect', () => process.exit())
}

// Loaded into a process before its entry file, by `--import`: answers each message of the parent with the memory that the
// process takes. Over IPC, so that it opens no port and writes nothing between the lines of the log.
import { setImmediate as nextTurn } from 'node:timers/promises'

export interface MemoryReport {
  /** What the operating system counts. */
  readonly rssMb: number
  /** What is reachable, in the heap and in buffers beside it; null where it was not asked for. */
  readonly liveMb: number | null
}

/** Whether to collect garbage before counting: exact, and so costly that it is not done each time. */
export interface MemoryQuestion {
  readonly live: boolean
}

const MEGABYTE = 1024 * 1024

process.on('message', (question: MemoryQuestion) => void report(question))
process.channel?.unref() // a process that has nothing else to do may end

async function report({ live }: MemoryQuestion): Promise<void> {
  // Before garbage is collected: nobody does that for a process in production.
  const rssMb = process.memoryUsage.rss() / MEGABYTE
  process.send?.({ rssMb, liveMb: live ? await collectAndCount() : null } satisfies MemoryReport)
}

// Twice: what has a finalizer goes in the turn after the one in which it was found.
async function collectAndCount(): Promise<number> {
  gc!()
  await nextTurn()
  gc!()
  const { heapUsed, external } = process.memoryUsage()
  return (heapUsed + external) / MEGABYTE
}

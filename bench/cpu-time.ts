// How much CPU a process has used, as Linux counts it: in hundredths of a second, which is why a measurement takes seconds.
import { readFileSync, readdirSync } from 'node:fs'

/** Of `/proc`, in milliseconds: the kernel tells programs of 100 a second, however often it ticks. */
const TICK_MS = 10

/**
 * The CPU that a process has used since it began, with all its threads and with its descendants, living or ended.
 *
 * @throws Error where there is no `/proc`, or no such process
 */
export function cpuTimeMs(pid: number): number {
  const stats = readStats()
  const of = (id: number): number => {
    const { ticks } = stats.get(id) ?? { ticks: 0 }
    return [...stats].reduce((sum, [child, { parent }]) => (parent === id ? sum + of(child) : sum), ticks)
  }
  if (!stats.has(pid)) throw new Error(`/proc knows no process ${pid}.`)
  return of(pid) * TICK_MS
}

function readStats(): Map<number, { readonly parent: number; readonly ticks: number }> {
  const found = new Map<number, { readonly parent: number; readonly ticks: number }>()
  for (const entry of readdirSync('/proc')) {
    const pid = Number(entry)
    if (!Number.isInteger(pid)) continue
    try {
      found.set(pid, readStat(readFileSync(`/proc/${pid}/stat`, 'utf8')))
    } catch {
      // It ended in the meantime.
    }
  }
  return found
}

/** @see https://man7.org/linux/man-pages/man5/proc_pid_stat.5.html */
export function readStat(text: string): { readonly parent: number; readonly ticks: number } {
  // The second field is the program's name in brackets, which may hold spaces and brackets itself.
  const fields = text
    .slice(text.lastIndexOf(')') + 2)
    .split(' ')
    .map(Number)
  const [utime, stime, cutime, cstime] = fields.slice(11, 15)
  return { parent: fields[1]!, ticks: utime! + stime! + cutime! + cstime! }
}

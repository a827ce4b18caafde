import { describeStartError } from '../platform/process.ts'

/** Runs a command to its end: exit code 0, or 1 with the reason on stderr. */
export async function runScript(work: () => Promise<void>): Promise<void> {
  try {
    await work()
  } catch (error) {
    process.stderr.write(`${describeStartError(error)}\n`)
    process.exitCode = 1
  }
}

// How every process of ours begins and ends, seen from the shell.
import { ConfigError } from './config.ts'

/**
 * Starts and then runs until SIGTERM or Ctrl-C, which end it in order with exit code 0; a second signal ends it at once.
 * A start that fails says why on stderr and exits with 1: settings and taken ports without a stack trace.
 */
export async function runProcess(start: () => Promise<{ close(): Promise<void> }>): Promise<void> {
  let signals = 0
  let running: { close(): Promise<void> } | undefined
  const end = () => {
    signals += 1
    // Before the start is done there is nothing in order to end.
    if (signals > 1 || !running) process.exit(1)
    void running.close().then(() => process.exit(0))
  }
  process.on('SIGTERM', end)
  process.on('SIGINT', end)
  try {
    running = await start()
  } catch (error) {
    process.stderr.write(`${describeStartError(error)}\n`)
    process.exit(1)
  }
}

/** What a person can act on: one sentence for what is likely, the stack for what is not. */
export function describeStartError(error: unknown): string {
  if (error instanceof ConfigError) return error.message
  if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') {
    return `Port ${'port' in error ? error.port : ''} is taken. End what listens there, or choose another with PORT.`
  }
  return error instanceof Error ? (error.stack ?? error.message) : String(error)
}

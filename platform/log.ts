// JSON lines on stdout: the one place that writes them. Headers, tokens and variables never go in.
import { DrizzleQueryError } from 'drizzle-orm/errors'
import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

/** `silent` is for tests and for the one-machine start, whose page of output is for people. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

/** Lines wait until there are so many bytes of them: one write for each would cost more than making the line. */
const GATHERED_BYTES = 8_192
/** Or until this long has passed, so that whoever watches sees them as they come. */
const GATHERED_MS = 100

/**
 * @param service the process's name, on every line
 * @param destination where lines go instead of stdout, for instance a file
 */
export function makeLog(service: string, level: LogLevel, destination?: DestinationStream): Log {
  return pino(
    {
      level,
      base: { service },
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      formatters: { level: (label) => ({ level: label }) },
      serializers: { err: describeError },
    },
    destination ?? standardOutput(),
  )
}

let output: DestinationStream | undefined

// One for all logs of the process. What has been gathered is written when the process ends, but for one that is killed:
// it loses the last tenth of a second.
function standardOutput(): DestinationStream {
  if (output) return output
  const gathering = pino.destination({ dest: 1, minLength: GATHERED_BYTES, periodicFlush: GATHERED_MS })
  process.once('exit', () => gathering.flushSync())
  return (output = gathering)
}

/**
 * What a log may hold of an error. Drizzle writes the parameters of a statement into its message, and Postgres the
 * values of a row into its detail: what people typed, and so neither goes in.
 */
function describeError(error: unknown): Readonly<Record<string, unknown>> {
  if (!(error instanceof Error)) return { message: String(error) }
  const message = error instanceof DrizzleQueryError ? `Failed query: ${error.query}` : error.message
  const firstFrame = error.stack?.indexOf('\n    at ') ?? -1
  return {
    type: error.name,
    message,
    ...('code' in error && { code: error.code }),
    ...(firstFrame >= 0 && { stack: error.stack?.slice(firstFrame + 1) }),
    ...(error.cause !== undefined && { cause: describeError(error.cause) }),
  }
}

/** Text for people, on stdout: addresses at start, answers of commands. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

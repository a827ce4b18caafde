// JSON lines on stdout: the one place that writes them. Headers, tokens and variables never go in.
import { pino } from 'pino'
import type { DestinationStream, Logger } from 'pino'

export type Log = Logger

/** `silent` is for tests and for the one-machine start, whose page of output is for people. */
export type LogLevel = 'debug' | 'info' | 'warn' | 'error' | 'silent'

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
    },
    destination ?? pino.destination(1),
  )
}

/** Text for people, on stdout: addresses at start, answers of commands. */
export function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

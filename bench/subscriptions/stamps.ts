// What tells the events of the bench apart, and when each was sent: a mark inside of the event, which every subscriber gets.

export interface Stamp {
  /** Of the event. */
  readonly number: number
  /** On `machineTimeMs`. */
  readonly sentMs: number
}

// Node reads the clock of the machine, which counts from its start, and so is one for all processes on it.
const processStartMs = Number(process.hrtime.bigint()) / 1e6 - performance.now()

/** The same in every process on this machine at the same moment. */
export const machineTimeMs = () => processStartMs + performance.now()

export function writeStamp(number: number): string {
  return `@${number}:${machineTimeMs().toFixed(3)}@`
}

/** Every mark in a text. */
export const stamps = /@\d+:\d+\.\d{3}@/g

/** @returns the first one in a text; null where there is none */
export function readStamp(text: string): Stamp | null {
  const start = text.indexOf('@')
  if (start === -1) return null
  const colon = text.indexOf(':', start)
  return {
    number: Number(text.slice(start + 1, colon)),
    sentMs: Number(text.slice(colon + 1, text.indexOf('@', colon))),
  }
}

// The scalar `DateTime`.
import { GraphQLScalarType, Kind } from 'graphql'

/** A moment in UTC, written as ISO 8601 with milliseconds; read with or without them, and with any offset. */
export const dateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return isoOf(value)
    throw new TypeError(`DateTime is made of a Date, not of ${typeof value}`)
  },
  parseValue: (value) => readDateTime(value),
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined),
})

const DAY_MS = 86_400_000
const twoDigits = Array.from({ length: 60 }, (_, number) => String(number).padStart(2, '0'))
const threeDigits = Array.from({ length: 1_000 }, (_, number) => String(number).padStart(3, '0'))
let lastDay = Number.NaN
let lastDayText = ''

/** What `toISOString` writes, in a sixth of its time: it took an eighth of a subgraph's CPU for a page of a hundred items. */
function isoOf(date: Date): string {
  const ms = date.getTime()
  const day = Math.floor(ms / DAY_MS)
  // Those of a list are often of one day. No day equals what is no moment, which throws here.
  if (day !== lastDay) {
    const text = date.toISOString()
    lastDayText = text.slice(0, text.indexOf('T') + 1)
    lastDay = day
  }
  const inDayMs = ms - day * DAY_MS
  const hour = twoDigits[Math.floor(inDayMs / 3_600_000)]
  const minute = twoDigits[Math.floor(inDayMs / 60_000) % 60]
  const second = twoDigits[Math.floor(inDayMs / 1_000) % 60]
  return `${lastDayText}${hour}:${minute}:${second}.${threeDigits[inDayMs % 1_000]}Z`
}

const form = /^(?<day>\d{4}-\d{2}-\d{2})T\d{2}:\d{2}:\d{2}(\.\d{1,9})?(Z|[+-]\d{2}:\d{2})$/

function readDateTime(value: unknown): Date {
  const day = typeof value === 'string' ? value.match(form)?.groups?.['day'] : undefined
  const date = new Date(String(value))
  if (day && isDay(day) && !Number.isNaN(date.getTime())) return date
  throw new TypeError('DateTime is written like 2026-11-21T09:30:00.000Z')
}

/** False for the 30th of February, which Date takes for the 2nd of March. */
function isDay(text: string): boolean {
  const date = new Date(text)
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text)
}

// The scalar `DateTime`.
import { GraphQLScalarType, Kind } from 'graphql'

/** A moment in UTC, written as ISO 8601 with milliseconds; read with or without them, and with any offset. */
export const dateTime = new GraphQLScalarType<Date, string>({
  name: 'DateTime',
  serialize(value) {
    if (value instanceof Date) return value.toISOString()
    throw new TypeError(`DateTime is made of a Date, not of ${typeof value}`)
  },
  parseValue: (value) => readDateTime(value),
  parseLiteral: (node) => readDateTime(node.kind === Kind.STRING ? node.value : undefined),
})

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

// Checks of what clients send, beyond what the schema's types say.
import { z } from 'zod'
import { ApiError } from './errors.ts'

/**
 * Reads input by its rules.
 *
 * @throws ApiError BAD_USER_INPUT whose `field` names the first field at fault
 */
export function readInput<Schema extends z.ZodType>(schema: Schema, input: unknown): z.output<Schema> {
  const read = schema.safeParse(input)
  if (read.success) return read.data
  const { path, message } = read.error.issues[0]!
  const field = path.join('.')
  throw new ApiError('BAD_USER_INPUT', `${field} ${message}.`, { field })
}

/** Text that Postgres keeps as it is: it knows no NUL, and half of a surrogate pair would be replaced. */
export function text() {
  return z.string('must be text').refine(isStorable, { error: 'holds a character that cannot be kept', abort: true })
}

/** A line of text without spaces around it, of so many characters: as Postgres counts them, an emoji is one. */
export function line(limits: { min: number; max: number }) {
  return text().trim().check(hasLength(limits))
}

/** A line that may be left out, null or blank, all of which mean that there is none. */
export function optionalLine(limits: { max: number }) {
  return line({ min: 0, ...limits })
    .nullish()
    .transform((value) => value || null)
}

export function hasLength({ min, max }: { min: number; max: number }) {
  return z.refine<string>((value) => isBetween(min, [...value].length, max), `must have ${min} to ${max} characters`)
}

export const isStorable = (value: string) => value.isWellFormed() && !value.includes('\0')

/** The form in which Postgres takes, and gives, a uuid. */
export const isUuid = (value: unknown): value is string =>
  typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value)

const isBetween = (min: number, value: number, max: number) => min <= value && value <= max

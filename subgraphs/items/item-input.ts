// What may be written into an item.
import { z } from 'zod'
import { hasLength, line, text } from '../../platform/input.ts'

const TAGS_MAX = 20

const name = line({ min: 1, max: 255 })
// As it was typed: spaces mean something in Markdown.
const description = text().check(hasLength({ min: 0, max: 50_000 }))
const visibility = z.enum(['PRIVATE', 'PUBLIC'], 'cannot be null')
export const itemStatuses = z.enum(['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED'], 'cannot be null')

// Each is read before its length is looked at: what is thousands long is not.
const tag = text()
  .transform((value) => value.normalize('NFC').replace(/\s+/gu, ' ').trim().toLowerCase())
  .check(hasLength({ min: 1, max: 50 }))
  .refine((value) => !value.includes(','), 'cannot hold a comma')

/** In lower case, each once. */
export const itemTags = z
  .array(z.string(), 'cannot be null')
  .max(TAGS_MAX, { error: `must be ${TAGS_MAX} at most`, abort: true })
  .pipe(z.array(tag))
  .transform((tags) => [...new Set(tags)])

/** Nothing to say is null. */
const optionalDescription = description.nullable().transform((value) => value || null)
const expectedVersion = z.int().nullish()

export const newItem = z.object({
  name,
  description: optionalDescription.default(null),
  status: itemStatuses,
  visibility,
  tags: itemTags,
})

export const newItemKey = z.object({ idempotencyKey: line({ min: 1, max: 100 }).nullish() })

/** A field that is left out is left out of what is read. */
export const itemChanges = z.object({
  name: name.optional(),
  description: optionalDescription.optional(),
  status: itemStatuses.optional(),
  visibility: visibility.optional(),
  tags: itemTags.optional(),
})

export const changedVersion = z.object({ expectedVersion })

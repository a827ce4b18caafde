// What an owner may write into an item.
import { z } from 'zod'
import { hasLength, line, text } from '../../platform/input.ts'

const name = line({ min: 1, max: 255 })
// As it was typed: spaces mean something in Markdown.
const description = text().check(hasLength({ min: 0, max: 50_000 }))
const status = z.enum(['DRAFT', 'ACTIVE', 'INACTIVE', 'ARCHIVED'], 'cannot be null')
const visibility = z.enum(['PRIVATE', 'PUBLIC'], 'cannot be null')

/** Nothing to say is null. */
const optionalDescription = description.nullable().transform((value) => value || null)

export const newItem = z.object({ name, description: optionalDescription.default(null), status, visibility })

/** A field that is left out is left out of what is read. */
export const itemChanges = z.object({
  name: name.optional(),
  description: optionalDescription.optional(),
  status: status.optional(),
  visibility: visibility.optional(),
})

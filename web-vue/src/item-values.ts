// What people fill in about an item, and what has become of it when two of them did so at the same time.
import type { ItemDetailFragment, ItemField, ItemStatus, ItemVisibility } from './gql/graphql.ts'

export type ItemValues = {
  name: string
  /** Empty where there is none. */
  description: string
  status: ItemStatus
  visibility: ItemVisibility
  tags: readonly string[]
}

export type ItemValue = ItemValues[keyof ItemValues]

export const valuesOf = ({ name, description, status, visibility, tags }: ItemDetailFragment): ItemValues => ({
  name,
  description: description ?? '',
  status,
  visibility,
  tags,
})

/** The fields in which they differ, with the values of `after`. */
export function changesBetween(before: ItemValues, after: ItemValues): Partial<ItemValues> {
  const changed = fieldNames.filter((name) => !isSame(before[name], after[name]))
  return Object.fromEntries(changed.map((name) => [name, after[name]]))
}

export interface FieldConflict {
  readonly name: keyof ItemValues
  readonly field: ItemField
  readonly before: ItemValue
  readonly mine: ItemValue
  readonly theirs: ItemValue
  /** Whether both changed it, and not to the same: somebody has to choose. */
  readonly isContested: boolean
}

/** What the others changed, field by field, and what that means for whoever began with the same and has changed it too. */
export function compareChanges(before: ItemValues, mine: ItemValues, theirs: ItemValues): FieldConflict[] {
  return fieldNames
    .filter((name) => !isSame(before[name], theirs[name]))
    .map((name) => ({
      name,
      field: name.toUpperCase() as ItemField,
      before: before[name],
      mine: mine[name],
      theirs: theirs[name],
      isContested: !isSame(before[name], mine[name]) && !isSame(mine[name], theirs[name]),
    }))
}

/** As text, as the schema writes the values of fields that were changed. */
export const textOf = (value: ItemValue) => (typeof value === 'string' ? value : value.join(', '))

const fieldNames = ['name', 'description', 'status', 'visibility', 'tags'] as const

const isSame = (one: ItemValue, other: ItemValue) => String(one) === String(other)

// The schema's values in words, in the order in which they are offered.
import type { ItemStatus, ItemVisibility } from './gql/graphql.ts'

export interface Choice<Value extends string> {
  readonly value: Value
  readonly label: string
  readonly hint: string
}

export const statuses: readonly Choice<ItemStatus>[] = [
  { value: 'DRAFT', label: 'Draft', hint: 'Being worked on' },
  { value: 'ACTIVE', label: 'Active', hint: 'In use' },
  { value: 'INACTIVE', label: 'Inactive', hint: 'Out of use for now' },
  { value: 'ARCHIVED', label: 'Archived', hint: 'Kept for the record' },
]

export const visibilities: readonly Choice<ItemVisibility>[] = [
  { value: 'PRIVATE', label: 'Private', hint: 'Only you can see it' },
  { value: 'PUBLIC', label: 'Public', hint: 'Everybody can see it, also without an account' },
]

export const labelOf = <Value extends string>(choices: readonly Choice<Value>[], value: Value) =>
  choices.find((choice) => choice.value === value)?.label ?? value

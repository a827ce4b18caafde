// The schema's values in words, in the order in which they are offered.
import type { ItemStatus, ItemVisibility, Role } from './gql/graphql.ts'

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

/** Scopes in words. One that is not among them stands for itself. */
export const scopes: readonly Choice<string>[] = [
  { value: 'items:read', label: 'items:read', hint: 'Read your items and those shared with you' },
  { value: 'items:write', label: 'items:write', hint: 'Create, change and delete your items' },
  { value: 'shares:write', label: 'shares:write', hint: 'Share your items with others' },
  { value: 'comments:write', label: 'comments:write', hint: 'Write comments' },
  { value: 'profile:write', label: 'profile:write', hint: 'Change your profile and your keys' },
  { value: 'items:moderate', label: 'items:moderate', hint: 'Look after the items of others' },
  { value: 'comments:moderate', label: 'comments:moderate', hint: 'Delete the comments of others' },
  { value: 'users:read', label: 'users:read', hint: 'See accounts' },
  { value: 'users:admin', label: 'users:admin', hint: 'See accounts in full' },
  { value: 'jobs:admin', label: 'jobs:admin', hint: 'See and repeat jobs' },
  { value: 'usage:read', label: 'usage:read', hint: 'See the usage of all accounts' },
]

export const roles: readonly Choice<Role>[] = [
  { value: 'USER', label: 'User', hint: 'Reads, comments, and manages the own profile' },
  { value: 'CREATOR', label: 'Creator', hint: 'Creates and shares items' },
  { value: 'MODERATOR', label: 'Moderator', hint: 'Looks after what others publish' },
  { value: 'SUPPORT', label: 'Support', hint: 'Sees accounts, to help their owners' },
  { value: 'ADMIN', label: 'Admin', hint: 'Manages accounts, jobs and usage' },
]

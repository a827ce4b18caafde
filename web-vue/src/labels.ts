// The schema's values in words, in the order in which they are offered.
import type {
  ItemField,
  ItemOrder,
  ItemPermission,
  ItemStatus,
  ItemVersionKind,
  ItemVisibility,
  Role,
  SharePermission,
} from './gql/graphql.ts'

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
  { value: 'PRIVATE', label: 'Private', hint: 'Only you see it, and those you share it with' },
  { value: 'PUBLIC', label: 'Public', hint: 'Everybody can see it, also without an account' },
]

export const sharePermissions: readonly Choice<SharePermission>[] = [
  { value: 'VIEW', label: 'Can read', hint: 'Reads the item and its comments' },
  { value: 'COMMENT', label: 'Can comment', hint: 'Writes comments, too' },
  { value: 'EDIT', label: 'Can edit', hint: 'Changes the item, too, and sees its history' },
]

/** What the reader may do, said to the reader. */
export const permissionWords: Readonly<Record<ItemPermission, string>> = {
  VIEW: 'You can read it',
  COMMENT: 'You can comment on it',
  EDIT: 'You can edit it',
  OWNER: 'It is yours',
}

export const orders: readonly Choice<ItemOrder>[] = [
  { value: 'RELEVANCE', label: 'Best match first', hint: '' },
  { value: 'CREATED_DESC', label: 'Newest first', hint: '' },
  { value: 'CREATED_ASC', label: 'Oldest first', hint: '' },
  { value: 'UPDATED_DESC', label: 'Last changed first', hint: '' },
  { value: 'UPDATED_ASC', label: 'Longest unchanged first', hint: '' },
  { value: 'NAME_ASC', label: 'Name, A to Z', hint: '' },
  { value: 'NAME_DESC', label: 'Name, Z to A', hint: '' },
]

export const fields: Readonly<Record<ItemField, string>> = {
  NAME: 'Name',
  DESCRIPTION: 'Description',
  STATUS: 'Status',
  VISIBILITY: 'Visibility',
  TAGS: 'Tags',
}

export const versionKinds: Readonly<Record<ItemVersionKind, string>> = {
  CREATED: 'Created',
  UPDATED: 'Changed',
  DELETED: 'Put into the trash',
  RESTORED: 'Taken out of the trash',
  REVERTED: 'Reverted',
}

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
  { value: 'USER', label: 'User', hint: 'Reads, comments, and manages their own profile' },
  { value: 'CREATOR', label: 'Creator', hint: 'Creates and shares items' },
  { value: 'MODERATOR', label: 'Moderator', hint: 'Looks after what others publish' },
  { value: 'SUPPORT', label: 'Support', hint: 'Sees accounts, to help their owners' },
  { value: 'ADMIN', label: 'Admin', hint: 'Manages accounts, jobs and usage' },
]

import { expect, it } from 'vitest'
import { deedOf } from './activity-words.ts'
import type { ActivityFactsFragment, ActivityKind } from './gql/graphql.ts'

it('says to the reader what the reader did, and what others did', () => {
  expect(said('COMMENT_ADDED', { actor: { id: 'me', username: 'ada' } })).toBe('You commented on Lamp')
  expect(said('COMMENT_ADDED', { actor: { id: 'bob', username: 'bob' } })).toBe('bob commented on Lamp')
  expect(said('ITEM_DELETED', { actor: null })).toBe('Somebody put Lamp into the trash')
})

it('tells a share from the side of the reader', () => {
  const permission = 'EDIT' as const
  expect(said('ITEM_SHARED', { permission })).toBe('bob shared Lamp with you · Can edit')
  expect(said('ITEM_SHARED', { permission, actor: { id: 'me', username: 'ada' } })).toBe('You shared Lamp · Can edit')
  expect(said('SHARE_REVOKED', {})).toBe('bob no longer shares Lamp with you')
})

function said(kind: ActivityKind, more: Partial<ActivityFactsFragment>) {
  const facts = { kind, actor: { id: 'bob', username: 'bob' }, permission: null, version: null, ...more }
  const { who, did, rest } = deedOf(facts as ActivityFactsFragment, 'me')
  return `${who} ${did} Lamp${rest}`
}

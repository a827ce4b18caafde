import { expect, it } from 'vitest'
import { scopesOf } from './roles.ts'

it.each([
  ['user', 'items:read comments:write profile:write'],
  ['creator', 'items:write shares:write'],
  ['moderator', 'comments:moderate items:moderate'],
  ['support', 'users:read'],
  ['admin', 'users:admin jobs:admin usage:read'],
])('lets a %s do %s', (role, scopes) => {
  expect(scopesOf([role]).join(' ')).toBe(scopes)
})

it('gives every scope of several roles once', () => {
  expect(scopesOf(['support', 'user', 'user', 'support'])).toEqual([
    'users:read',
    'items:read',
    'comments:write',
    'profile:write',
  ])
})

it('gives nothing for a role it does not know', () => {
  expect(scopesOf(['emperor', 'constructor', '', 'ADMIN'])).toEqual([])
})

// What accounts may do: the one table from roles to scopes. Tokens carry scopes, and the schema's rules ask for scopes.

const scopesByRole = {
  user: ['items:read', 'comments:write', 'profile:write'],
  creator: ['items:write', 'shares:write'],
  moderator: ['comments:moderate', 'items:moderate'],
  support: ['users:read'],
  admin: ['users:admin', 'jobs:admin', 'usage:read'],
} as const

/** As roles are stored, and written in tokens. */
export type RoleName = keyof typeof scopesByRole

/** False for a role that a database of another release may hold: it stands for nothing here. */
export const isRole = (name: string): name is RoleName => Object.hasOwn(scopesByRole, name)

/** Every scope of the roles, once. */
export function scopesOf(roles: readonly string[]): string[] {
  return [...new Set(roles.filter(isRole).flatMap((role) => scopesByRole[role]))]
}

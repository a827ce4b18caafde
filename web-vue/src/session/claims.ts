/**
 * The scopes an access token carries, in order to offer what they allow. Whether they allow it, the gateway decides.
 *
 * @returns none for a token that is no JWT
 */
export function scopesOf(token: string | null | undefined): readonly string[] {
  try {
    const payload = token?.split('.')[1]?.replaceAll('-', '+').replaceAll('_', '/') ?? ''
    const { scope } = JSON.parse(atob(payload)) as { scope?: unknown }
    return typeof scope === 'string' ? scope.split(' ').filter(Boolean) : []
  } catch {
    return []
  }
}

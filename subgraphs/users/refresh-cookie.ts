// The cookie in which browsers hold the refresh token. No script reads it (HttpOnly), and no page of another origin has
// it sent (SameSite=Strict); the gateway passes it on with mutations alone, of origins that may call it.

/** The prefix makes browsers refuse it unless it is Secure, of this host alone and for all of its paths. */
const NAME = '__Host-refresh'
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict'

/** @param header `Cookie`, as the gateway sends it */
export function readRefreshCookie(header: string | null): string | null {
  for (const pair of header?.split(';') ?? []) {
    const [name, value] = pair.trim().split('=', 2)
    if (name === NAME && value) return value
  }
  return null
}

export const refreshCookie = (token: string, lifetimeS: number) =>
  `${NAME}=${token}; ${ATTRIBUTES}; Max-Age=${lifetimeS}`

/** Takes it back. */
export const noRefreshCookie = refreshCookie('', 0)

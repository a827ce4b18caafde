// The one cookie that a subgraph gets and may set, out of all that a browser sends and a server could.

/** Longer than any token in a cookie of ours; browsers keep no more either. */
const COOKIE_LENGTH_MAX = 4_096

/**
 * @param sent a `Cookie` header
 * @returns `name=value`, or null where it is not there
 * @see https://datatracker.ietf.org/doc/html/rfc6265#section-4.2
 */
export function cookieNamed(sent: string | null | undefined, name: string): string | null {
  const pairs = sent?.split(';').map((pair) => pair.trim())
  const found = pairs?.find((pair) => pair.startsWith(`${name}=`))
  return found !== undefined && found.length <= COOKIE_LENGTH_MAX ? found : null
}

/** @returns those of the `Set-Cookie` headers of an answer that are about this cookie */
export function cookiesSet(headers: string | readonly string[] | undefined, name: string): readonly string[] {
  const texts = typeof headers === 'string' ? [headers] : (headers ?? [])
  return texts.filter((text) => text.startsWith(`${name}=`))
}

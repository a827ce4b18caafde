/**
 * A key that nobody else makes up. Where a browser has no `randomUUID`, as without TLS, there are random numbers all the
 * same.
 */
export const newIdempotencyKey = () =>
  Array.from(crypto.getRandomValues(new Uint32Array(4)), (part) => part.toString(16).padStart(8, '0')).join('-')

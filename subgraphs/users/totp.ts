// Codes of authenticator apps: RFC 6238 as every app knows it, with SHA-1, six digits and steps of 30 seconds.
import { Secret, TOTP } from 'otpauth'

/** What apps show the code under. */
const ISSUER = 'Tributary'
/** RFC 4226 recommends 160 bits. */
const SECRET_BYTES = 20
/** Seconds in which an app shows one code. */
export const STEP_S = 30
/** Steps by which the clock of a phone may differ, each way. */
const STEPS_TOLERATED = 1

const FORM = { algorithm: 'SHA1', digits: 6, period: STEP_S }

/** A new secret in Base32. */
export const makeSecret = (): string => new Secret({ size: SECRET_BYTES }).base32

/**
 * The secret in the form that apps read from a QR code.
 *
 * @param label which of the person's accounts it is, for a list in the app
 * @see https://github.com/google/google-authenticator/wiki/Key-Uri-Format
 */
export const secretUri = (secret: string, label: string): string =>
  new TOTP({ ...FORM, issuer: ISSUER, label, secret: Secret.fromBase32(secret) }).toString()

/**
 * The time step whose code this is, of those that count now; null for a code of none of them.
 *
 * @param code six digits
 */
export function stepOf(secret: string, code: string, nowMs: number): number | null {
  const given = { token: code, secret: Secret.fromBase32(secret), timestamp: nowMs, window: STEPS_TOLERATED }
  const stepsAway = TOTP.validate({ ...FORM, ...given })
  return stepsAway === null ? null : TOTP.counter({ period: STEP_S, timestamp: nowMs }) + stepsAway
}

import { describe, expect, it } from 'vitest'
import { ANONYMOUS, identitySigner, identityVerifier, withoutSession } from './identity.ts'
import type { ForwardedIdentity } from './identity.ts'

const secret = 'a secret of at least thirty-two characters'
const nextSecret = 'another secret of at least thirty-two characters'
const ada: ForwardedIdentity = {
  identity: {
    subject: 'ada',
    roles: ['user'],
    scopes: ['items:read', 'items:write'],
    policies: ['step-up'],
    session: 'tonight',
  },
  clientAddress: '192.0.2.1',
}
const nowMs = Date.UTC(2026, 10, 21, 9, 30, 10)

describe('a signed identity', () => {
  it('is read as it was signed', () => {
    const verify = identityVerifier([secret], 'items')
    expect(verify(identitySigner(secret)(ada, 'items', nowMs), nowMs)).toEqual(ada)
    const anonymous = { identity: ANONYMOUS, clientAddress: null }
    expect(verify(identitySigner(secret)(anonymous, 'items', nowMs), nowMs)).toEqual(anonymous)
  })

  it('tells nothing but the claims, whatever else the caller holds', () => {
    const withToken = { ...ada, token: 'eyJ', identity: { ...ada.identity, email: 'ada@example.com' } }
    expect(identitySigner(secret)(withToken, 'items', nowMs)).toBe(identitySigner(secret)(ada, 'items', nowMs))
  })

  it('names the session only where it is signed with it', () => {
    const verify = identityVerifier([secret], 'items')
    const identity = withoutSession(ada.identity)
    expect(identity).toEqual({ ...ada.identity, session: null })
    expect(withoutSession(ada.identity)).toBe(identity)
    expect(verify(identitySigner(secret)({ ...ada, identity }, 'items', nowMs), nowMs)!.identity).toEqual(identity)
  })

  it('is good for 30 to 60 seconds, and serves every request of half a minute', () => {
    const sign = identitySigner(secret)
    const verify = identityVerifier([secret], 'items')
    for (let secondS = 0; secondS < 60; secondS += 1) {
      const signedMs = nowMs + secondS * 1000
      const header = sign(ada, 'items', signedMs)
      expect(verify(header, signedMs + 30_000)).not.toBeNull()
      expect(verify(header, signedMs + 60_000)).toBeNull()
    }
    expect(sign(ada, 'items', nowMs)).toBe(sign(ada, 'items', nowMs + 19_000))
    expect(sign(ada, 'items', nowMs)).not.toBe(sign(ada, 'items', nowMs + 20_000))
  })

  it('expires also for those who read it before', () => {
    const verify = identityVerifier([secret], 'items')
    const header = identitySigner(secret)(ada, 'items', nowMs)
    expect(verify(header, nowMs)).not.toBeNull()
    expect(verify(header, nowMs + 60_000)).toBeNull()
  })

  it('is good for one subgraph', () => {
    const header = identitySigner(secret)(ada, 'users', nowMs)
    expect(identityVerifier([secret], 'items')(header, nowMs)).toBeNull()
  })

  it('is accepted under the previous secret while that is being replaced', () => {
    const verify = identityVerifier([nextSecret, secret], 'items')
    expect(verify(identitySigner(secret)(ada, 'items', nowMs), nowMs)).toEqual(ada)
    expect(verify(identitySigner(nextSecret)(ada, 'items', nowMs), nowMs)).toEqual(ada)
    expect(identityVerifier([nextSecret], 'items')(identitySigner(secret)(ada, 'items', nowMs), nowMs)).toBeNull()
  })

  it('is refused with a single letter changed', () => {
    const verify = identityVerifier([secret], 'items')
    const header = identitySigner(secret)(ada, 'items', nowMs)
    const [keyId, claims, signature] = header.split('.') as [string, string, string]
    const admin = Buffer.from(claims, 'base64url').toString().replace('"user"', '"admi"')
    const forgeries = [
      `${keyId}.${Buffer.from(admin).toString('base64url')}.${signature}`,
      `${keyId}.${claims}.${signature.slice(0, -4)}AAAA`,
      `${keyId}.${claims}.`,
      `${keyId}.${claims}`,
      `${keyId}.${claims}.${signature}.`,
      `00000000.${claims}.${signature}`,
      `.${claims}.${signature}`,
      '',
      '..',
    ]
    for (const forgery of forgeries) expect(verify(forgery, nowMs), forgery).toBeNull()
    expect(verify(undefined, nowMs)).toBeNull()
  })

  it('cannot be changed by those who share it', () => {
    const verify = identityVerifier([secret], 'items')
    const header = identitySigner(secret)(ada, 'items', nowMs)
    const { identity } = verify(header, nowMs)!
    expect(() => (identity.scopes as string[]).push('users:admin')).toThrow(TypeError)
    expect(() => Object.assign(identity, { subject: 'eve' })).toThrow(TypeError)
    expect(() => (ANONYMOUS.roles as string[]).push('admin')).toThrow(TypeError)
    expect(verify(header, nowMs)).toEqual(ada)
  })
})

import { describe, expect, it } from 'vitest'
import { ANONYMOUS } from '../../platform/identity.ts'
import { NO_TOKEN } from '../access-token.ts'
import type { VerifiedToken } from '../access-token.ts'
import { makeRevoked, readRevocation } from './revoked.ts'

const nowS = 1_000_000
const untilS = nowS + 3_600

describe('makeRevoked', () => {
  it('knows the tokens of a session, whoever else has one of the same person', () => {
    const { revoked } = make()
    revoked.add({ session: 's1', untilS })

    expect(revoked.has(token({ session: 's1' }))).toBe(true)
    expect(revoked.has(token({ session: 's2' }))).toBe(false)
    expect(revoked.has(token({ session: null }))).toBe(false)
  })

  it('knows the tokens of a subject issued before a moment, to the fraction of a second', () => {
    const { revoked } = make()
    revoked.add({ subject: 'ada', issuedBeforeS: 500.25, untilS })

    expect(revoked.has(token({}, 500.249))).toBe(true)
    expect(revoked.has(token({}, 500.25))).toBe(false)
    expect(revoked.has(token({ subject: 'bob' }, 1))).toBe(false)
  })

  it('takes a token that does not say when it was issued for an old one', () => {
    const { revoked } = make()
    revoked.add({ subject: 'ada', issuedBeforeS: 1, untilS })

    expect(revoked.has(token({}, null))).toBe(true)
  })

  it('knows keys by their hash, and refuses no key for what its owner revoked of access tokens', () => {
    const { revoked } = make()
    revoked.add({ apiKeySha256: 'aa', untilS })
    revoked.add({ subject: 'ada', issuedBeforeS: nowS, untilS })
    const key = (sha256: string) => ({ ...token({}, null), apiKey: { sha256, ratePerMinute: 1 } })

    expect(revoked.has(key('aa'))).toBe(true)
    expect(revoked.has(key('bb'))).toBe(false)
  })

  it('never has who brings no token', () => {
    const { revoked } = make()
    revoked.add({ subject: '', issuedBeforeS: nowS, untilS })
    expect(revoked.has(NO_TOKEN)).toBe(false)
  })

  it('says whether a revocation is new: the feed is read again after a gap', () => {
    const { revoked } = make()
    expect(revoked.add({ session: 's1', untilS })).toBe(true)
    expect(revoked.add({ session: 's1', untilS })).toBe(false)
    expect(revoked.add({ subject: 'ada', issuedBeforeS: 10, untilS })).toBe(true)
    expect(revoked.add({ subject: 'ada', issuedBeforeS: 5, untilS })).toBe(false)
    expect(revoked.add({ subject: 'ada', issuedBeforeS: 11, untilS })).toBe(true)
    expect(revoked.size).toBe(2)
  })

  it('keeps of a subject the latest moment, in whatever order they come', () => {
    const { revoked } = make()
    revoked.add({ subject: 'ada', issuedBeforeS: 20, untilS })
    revoked.add({ subject: 'ada', issuedBeforeS: 10, untilS: untilS + 10 })

    expect(revoked.has(token({}, 15))).toBe(true)
  })

  it('ignores what is over, and forgets what has come to be: a minute later, as clocks differ', () => {
    const { revoked, pass } = make()
    expect(revoked.add({ session: 'old', untilS: nowS - 61 })).toBe(false)
    for (let n = 0; n < 100; n++) revoked.add({ session: `s${n}`, untilS })
    revoked.add({ subject: 'ada', issuedBeforeS: 1, untilS })
    revoked.add({ apiKeySha256: 'aa', untilS })

    pass(3_659)
    revoked.forget()
    expect(revoked.size).toBe(102)
    pass(2)
    revoked.forget()
    expect(revoked.size).toBe(0)
  })
})

describe('readRevocation', () => {
  it.each([
    { session: 's', untilS: 1 },
    { subject: 'a', issuedBeforeS: 1.5, untilS: 1 },
    { apiKeySha256: 'aa', untilS: 1 },
  ])('reads %j', (told) => {
    expect(readRevocation(told)).toEqual(told)
  })

  it.each([null, 's', {}, { session: 's' }, { session: 1, untilS: 1 }, { subject: 'a', untilS: 1 }])(
    'takes %j for none',
    (told) => {
      expect(readRevocation(told)).toBeNull()
    },
  )
})

function make() {
  let now = nowS
  return { revoked: makeRevoked(() => now), pass: (seconds: number) => void (now += seconds) }
}

function token(identity: Partial<VerifiedToken['identity']>, issuedAtS: number | null = nowS - 10): VerifiedToken {
  return {
    identity: { ...ANONYMOUS, subject: 'ada', ...identity },
    expiresAtMs: Infinity,
    issuedAtS,
    apiKey: null,
  }
}

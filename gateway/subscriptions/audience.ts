// Who shares the answers of a subscription: what is fetched for one of them is fetched for all.
import { ANONYMOUS, withoutSession } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'

/** Everybody who asks the same, those of them with equal claims, which are equal rights, or one login alone. */
export type Audience = 'EVERYBODY' | 'PERSON' | 'SESSION'

const fromWideToNarrow: readonly Audience[] = ['EVERYBODY', 'PERSON', 'SESSION']

/** As whom it is fetched: what is for everybody as nobody in particular. */
export function identityFor(audience: Audience, identity: Identity): Identity {
  switch (audience) {
    case 'EVERYBODY':
      return ANONYMOUS
    case 'PERSON':
      return withoutSession(identity)
    case 'SESSION':
      return identity
  }
}

/** Whether some who share the answers for one audience may not share those for the other. */
export function isNarrower(audience: Audience, than: Audience): boolean {
  return fromWideToNarrow.indexOf(audience) > fromWideToNarrow.indexOf(than)
}

import type { Identity } from '../../platform/identity.ts'
import type { Reader } from './access.ts'
import type { Cursors } from './cursors.ts'
import type { ItemLoaders } from './loaders.ts'
import type { ItemStore } from './store.ts'

/** What the resolvers of one request share. Made anew for each, so that nothing of one is seen by another. */
export interface ItemsContext {
  readonly identity: Identity
  /** `identity`, as far as items are concerned: what access.ts asks. */
  readonly reader: Reader
  readonly loaders: ItemLoaders
  readonly store: ItemStore
  readonly cursors: Cursors
}

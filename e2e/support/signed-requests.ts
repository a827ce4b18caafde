import { ANONYMOUS, identitySigner } from '../../platform/identity.ts'
import type { Identity } from '../../platform/identity.ts'

export interface SubgraphAnswer {
  readonly data?: any
  /** Path, code and field of each error, as `createItem BAD_USER_INPUT name`. */
  readonly codes: readonly string[]
}

export interface SignedRequest {
  readonly variables?: Readonly<Record<string, unknown>>
  readonly identity?: Identity
}

/** Asks a subgraph as the gateway does. */
export function asGateway(subgraph: { readonly name: string; readonly url: string; readonly secret: string }) {
  const sign = identitySigner(subgraph.secret)
  return async (query: string, { variables, identity = ANONYMOUS }: SignedRequest = {}): Promise<SubgraphAnswer> => {
    const response = await fetch(subgraph.url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        'x-tributary-identity': sign({ identity, clientAddress: null }, subgraph.name),
      },
      body: JSON.stringify({ query, variables }),
    })
    const { data, errors = [] } = (await response.json()) as { data?: unknown; errors?: readonly any[] }
    return {
      data,
      codes: errors.map(({ path = [], extensions: { code, field } }) =>
        [path.join('.'), code, field].filter(Boolean).join(' '),
      ),
    }
  }
}

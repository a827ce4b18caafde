// Types from the schema: resolver types for the subgraphs, typed documents for the web app, a typed client for programs.
import type { CodegenConfig } from '@graphql-codegen/cli'

/** Resolver types of one subgraph, from the SDL it promises. */
const subgraph = (name: string) => ({
  schema: [`schema/${name}.graphql`],
  plugins: ['typescript', 'typescript-resolvers'],
  config: {
    federation: true,
    useTypeImports: true,
    enumsAsTypes: true, // Node strips types, and an enum is more than a type
    maybeValue: 'T | null',
    contextType: `./context.ts#${name === 'users' ? 'UsersContext' : 'ItemsContext'}`,
    scalars: { DateTime: 'Date', ID: 'string' },
  },
})

const config: CodegenConfig = {
  emitLegacyCommonJSImports: false,
  generates: {
    'subgraphs/users/schema.generated.ts': subgraph('users'),
    'subgraphs/items/schema.generated.ts': subgraph('items'),
  },
}

export default config

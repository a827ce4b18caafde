// Types from the schema: resolver types for the subgraphs, typed documents for the web app, a typed client for programs.
import type { CodegenConfig } from '@graphql-codegen/cli'

/**
 * Resolver types of one subgraph, from the SDL it promises.
 *
 * @param contextType what its resolvers are given
 * @param mappers what its resolvers answer with, by type
 */
const subgraph = (name: string, contextType: string, mappers: Record<string, string>) => ({
  schema: [`schema/${name}.graphql`],
  plugins: ['typescript', 'typescript-resolvers'],
  config: {
    federation: true,
    useTypeImports: true,
    enumsAsTypes: true, // Node strips types, and an enum is more than a type
    maybeValue: 'T | null',
    contextType: `./context.ts#${contextType}`,
    mappers,
    scalars: { DateTime: 'Date', ID: 'string' },
  },
})

/** Types that read the same in a browser and in Node. */
const clientTypes = {
  useTypeImports: true,
  enumsAsTypes: true,
  scalars: { DateTime: 'string', ID: 'string' },
}

const config: CodegenConfig = {
  emitLegacyCommonJSImports: false,
  generates: {
    'subgraphs/users/schema.generated.ts': subgraph('users', 'UsersContext', {
      User: './account-store.ts#UserRow',
      Session: './session-store.ts#SessionRow',
      ApiKey: './api-key-store.ts#ApiKeyRow',
      SecondFactor: './second-factor-store.ts#SecondFactorRow',
      Role: './roles.ts#RoleName',
    }),
    'subgraphs/items/schema.generated.ts': subgraph('items', 'ItemsContext', {
      Item: './store.ts#ItemRow',
      ItemConnection: './item-pages.ts#ItemPage',
      ItemEdge: './item-pages.ts#ListedEdge',
      ItemVersion: './versions.ts#VersionRow',
      ItemVersionConnection: './pages.ts#Page<VersionRow>',
      ItemVersionEdge: './pages.ts#Edge<VersionRow>',
      PageInfo: './pages.ts#Page<unknown>',
      Share: './share-changes.ts#ShareRow',
      Comment: './comment-reader.ts#CommentRow',
      CommentConnection: './pages.ts#Page<CommentRow>',
      CommentEdge: './pages.ts#Edge<CommentRow>',
      Activity: './activity-reader.ts#ActivityRow',
      ActivityConnection: './pages.ts#Page<ActivityRow>',
      ActivityEdge: './pages.ts#Edge<ActivityRow>',
      User: './resolvers.ts#UserKey',
    }),
    'web-vue/src/gql/': {
      schema: 'schema/api.graphql',
      documents: 'web-vue/src/operations/*.graphql',
      preset: 'client',
      presetConfig: { fragmentMasking: false },
      config: { ...clientTypes, documentMode: 'documentNode' },
    },
    'sdk/typescript/operations.generated.ts': {
      schema: 'schema/api.graphql',
      documents: 'sdk/typescript/operations.graphql',
      plugins: ['typescript-operations', 'typescript-generic-sdk'],
      config: { ...clientTypes, documentMode: 'documentNode' },
    },
  },
}

export default config

// The lists of the app. Each is the same kind of list over another field of the schema.
import { ItemsDocument, MyItemsDocument, PersonItemsDocument } from '../gql/graphql.ts'
import { useItemList } from './useItemList.ts'

/** Public items, and the reader's own. */
export const useItems = () =>
  useItemList({ document: ItemsDocument, variables: {}, connectionOf: ({ items }) => items })

/** The reader's own items, whoever else may see them. */
export const useMyItems = () =>
  useItemList({ document: MyItemsDocument, variables: {}, connectionOf: ({ me }) => me?.items })

/** What somebody shows to the reader. */
export const usePersonItems = (id: string) =>
  useItemList({ document: PersonItemsDocument, variables: { id }, connectionOf: ({ user }) => user?.items })

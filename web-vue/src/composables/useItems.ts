// The lists of the app. Each is the same kind of list over another field of the schema.
import { ItemsDocument, MyItemsDocument, PersonItemsDocument, SharedItemsDocument } from '../gql/graphql.ts'
import type { ListQuery } from '../list-query.ts'
import { useItemList } from './useItemList.ts'

/** Public items, the reader's own, and those shared with the reader. */
export const useItems = (query: () => ListQuery) =>
  useItemList({ document: ItemsDocument, query, connectionOf: ({ items }) => items })

/** The reader's own items, whoever else may see them. */
export const useMyItems = (query: () => ListQuery) =>
  useItemList({ document: MyItemsDocument, query, connectionOf: ({ me }) => me?.items })

/** What others share with the reader. */
export const useSharedItems = (query: () => ListQuery) =>
  useItemList({ document: SharedItemsDocument, query, connectionOf: ({ me }) => me?.sharedWithMe })

/** What somebody shows to the reader. */
export const usePersonItems = (id: string, query: () => ListQuery) =>
  useItemList({ document: PersonItemsDocument, variables: { id }, query, connectionOf: ({ user }) => user?.items })

import { computed } from 'vue'
import { TrashDocument } from '../gql/graphql.ts'
import { usePages } from './usePages.ts'

/** What the reader has deleted, or a moderator has, the last one first. */
export function useTrash() {
  const { pages, ...list } = usePages({
    document: TrashDocument,
    variables: () => ({}),
    connectionOf: ({ me }) => me?.trash,
  })
  return { ...list, items: computed(() => pages.value.flatMap(({ connection }) => connection.nodes)) }
}

import { computed } from 'vue'
import { ActivityAddedDocument, ActivityDocument } from '../gql/graphql.ts'
import { useFollowed } from './useFollowed.ts'
import { usePages } from './usePages.ts'

/** What happened to the reader's items and to what is shared with the reader, the newest first, kept live. */
export function useActivity() {
  const { pages, ...list } = usePages({
    document: ActivityDocument,
    variables: () => ({}),
    connectionOf: ({ me }) => me?.activity,
  })
  useFollowed(ActivityAddedDocument, {})
  return { ...list, activities: computed(() => pages.value.flatMap(({ connection }) => connection.nodes)) }
}

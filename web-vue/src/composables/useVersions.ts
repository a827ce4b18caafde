import { useMutation, useQuery } from '@urql/vue'
import { computed, watch } from 'vue'
import { ItemDiffDocument, ItemVersionsDocument, RevertItemDocument, VersionChangesDocument } from '../gql/graphql.ts'
import { usePages } from './usePages.ts'

/**
 * What an item was, the newest version first.
 *
 * @param version the number of the newest one; when it grows, the list is read again
 */
export function useVersions(id: string, version: () => number | undefined) {
  const { pages, ...list } = usePages({
    document: ItemVersionsDocument,
    variables: () => ({ id }),
    connectionOf: ({ item }) => item?.versions,
  })
  watch(version, (now, before) => {
    if (before !== undefined && now !== undefined) void list.reload()
  })
  return { ...list, versions: computed(() => pages.value.flatMap(({ connection }) => connection.nodes)) }
}

/** What a version changed, field by field. */
export function useVersionChanges(id: string, version: number) {
  const { data, error, fetching, executeQuery } = useQuery({
    query: VersionChangesDocument,
    variables: { id, version },
  })
  return {
    changes: computed(() => data.value?.item?.versionAt?.changes ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload: () => void executeQuery({ requestPolicy: 'network-only' }),
  }
}

/** What would be different if the item were made what it was in another version. */
export function useDiff(id: string, from: number, to: number) {
  const { data, error, fetching, executeQuery } = useQuery({ query: ItemDiffDocument, variables: { id, from, to } })
  return {
    // Who may see an item is no part of what is reverted.
    changes: computed(() => data.value?.item?.diff?.filter(({ field }) => field !== 'VISIBILITY') ?? null),
    isLoading: computed(() => !data.value && !error.value && fetching.value),
    error,
    reload: () => void executeQuery({ requestPolicy: 'network-only' }),
  }
}

export function useRevert() {
  const { executeMutation } = useMutation(RevertItemDocument)
  /** Answers with the error, if there was one: `CONFLICT` when the item is no longer in the version that is given. */
  return async (id: string, toVersion: number, expectedVersion: number) =>
    (await executeMutation({ input: { id, toVersion, expectedVersion } })).error
}

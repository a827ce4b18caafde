import { computed, shallowRef, watch } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { readListQuery, writeListQuery, type ListQuery } from '../list-query.ts'

/** What the page's list is asked for. It stands in the address, so that a link and the way back lead to the same list. */
export function useListQuery() {
  const route = useRoute()
  const router = useRouter()
  const { path } = route
  const query = shallowRef(readListQuery(route.query))
  // A page that is kept while another one is shown sees that one's address too.
  const isHere = () => route.path === path

  watch(
    () => route.query,
    (next) => {
      if (isHere()) query.value = readListQuery(next)
    },
  )

  return {
    query,
    /** How many filters hold. */
    filterCount: computed(() => {
      const { statuses, tags, visibility, ownerId } = query.value
      return statuses.length + tags.length + (visibility ? 1 : 0) + (ownerId ? 1 : 0)
    }),
    change: (part: Partial<ListQuery>) => {
      if (isHere()) void router.replace({ query: writeListQuery({ ...query.value, ...part }) })
    },
    clear: () => {
      if (isHere()) void router.replace({ query: {} })
    },
  }
}

export type ListQueryState = ReturnType<typeof useListQuery>

import { computed, type ComputedRef } from 'vue'
import type { ItemPermission } from '../gql/graphql.ts'
import { useSession } from './useSession.ts'

const permissions: readonly ItemPermission[] = ['VIEW', 'COMMENT', 'EDIT', 'OWNER']

/** What the reader may do with an item: what is permitted with the item, by somebody whose account permits it. */
export function useMay(item: () => { readonly viewerPermission: ItemPermission } | null | undefined) {
  const { scopes } = useSession()
  const may = (scope: string, needed: ItemPermission): ComputedRef<boolean> =>
    computed(() => {
      const permission = item()?.viewerPermission
      if (!permission || !scopes.value.includes(scope)) return false
      return permissions.indexOf(permission) >= permissions.indexOf(needed)
    })
  const isModerator = may('items:moderate', 'VIEW')
  const mayWrite = may('items:write', 'OWNER')

  return {
    mayEdit: may('items:write', 'EDIT'),
    mayComment: may('comments:write', 'COMMENT'),
    mayShare: may('shares:write', 'OWNER'),
    /** Moderators take away what is somebody else's, too. */
    mayDelete: computed(() => mayWrite.value || isModerator.value),
    mayWrite,
  }
}

import { useClientHandle, useMutation, type CombinedError } from '@urql/vue'
import { shallowRef, watch } from 'vue'
import { ItemAsItStandsDocument, UpdateItemDocument, type ItemDetailFragment } from '../gql/graphql.ts'
import { changesBetween, compareChanges, valuesOf, type FieldConflict, type ItemValues } from '../item-values.ts'
import { describe, hasCode } from '../urql/errors.ts'

export interface Conflict {
  /** What the others' changes have come to. */
  readonly version: number
  /** Who made the last change; null where that is not known. */
  readonly author: string | null
  readonly fields: readonly FieldConflict[]
}

/** The form that an item is changed in. */
export interface EditedForm {
  readonly values: ItemValues
  fill(some: Partial<ItemValues>): void
  /** Whether it is being sent, or was. */
  isBusy(): boolean
}

/**
 * Changes an item that others may change meanwhile: what they did is taken over where the form says nothing else, and
 * told. Nothing that was typed is lost.
 */
export function useEditing(item: () => ItemDetailFragment | null, form: () => EditedForm | null) {
  const { client } = useClientHandle()
  const { executeMutation: update } = useMutation(UpdateItemDocument)
  /** What the form began with, or what the others have made of that, once it was told. */
  const base = shallowRef(item())
  const conflict = shallowRef<Conflict | null>(null)
  let looking: Promise<void> | undefined

  watch(item, (now) => {
    base.value ??= now
    if (now && base.value && now.version > base.value.version && !form()?.isBusy()) void look()
  })

  async function save({ description, ...values }: ItemValues): Promise<CombinedError | undefined> {
    const { id, version } = base.value!
    const changes = changesBetween(valuesOf(base.value!), { ...values, description })
    const input = {
      ...changes,
      ...('description' in changes && { description: description || null }),
      ...('tags' in changes && { tags: [...values.tags] }),
    }
    const { error } = await update({ input: { id, expectedVersion: version, ...(input as object) } })
    if (hasCode(error, 'CONFLICT')) await look()
    return error
  }

  const look = () => (looking ??= compare().finally(() => (looking = undefined)))

  async function compare() {
    const { id } = base.value!
    const { data } = await client.query(ItemAsItStandsDocument, { id }, { requestPolicy: 'network-only' }).toPromise()
    const [now, there] = [data?.item, form()]
    if (!now || !there || now.version === base.value!.version) return
    const fields = compareChanges(valuesOf(base.value!), there.values, valuesOf(now))
    const mine = changesBetween(valuesOf(base.value!), there.values)
    base.value = now
    for (const { name, theirs, isContested } of fields) if (!isContested) there.fill({ [name]: theirs })
    // Whoever has typed nothing sees the item as it is now, and need not hear of more.
    if (Object.keys(mine).length > 0) conflict.value = { version: now.version, author: authorOf(now), fields }
  }

  return {
    base,
    conflict,
    save,
    explain: (error: CombinedError) =>
      hasCode(error, 'CONFLICT')
        ? 'Not saved yet: the item was changed meanwhile. Look at what is different above, then save again.'
        : describe(error),
  }
}

const authorOf = ({ versions }: { versions: { nodes: { author: { username: string } | null }[] } | null }) =>
  versions?.nodes[0]?.author?.username ?? null

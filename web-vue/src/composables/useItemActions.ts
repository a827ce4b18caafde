import { useMutation } from '@urql/vue'
import { shallowReactive } from 'vue'
import { DeleteItemDocument, RestoreItemDocument, UpdateItemDocument, type UpdateItemInput } from '../gql/graphql.ts'
import { describe } from '../urql/errors.ts'
import { useToasts } from './useToasts.ts'

// Kept beside the cache, which knows only what has been answered: a list that is on its way while an item is deleted may
// still hold it.
const deleted = shallowReactive(new Set<string>())

/** Whether the item was deleted here, be it that the gateway has yet to answer. */
export const isDeleted = (id: string) => deleted.has(id)

interface Named {
  readonly id: string
  readonly name: string
}

/** Changes that show at once. One that the gateway refuses is taken back, and a message says so. */
export function useItemActions() {
  const { executeMutation: update } = useMutation(UpdateItemDocument)
  const { executeMutation: remove } = useMutation(DeleteItemDocument)
  const { executeMutation: restore } = useMutation(RestoreItemDocument)
  const { toast } = useToasts()

  async function changeItem(input: UpdateItemInput) {
    const { error } = await update({ input })
    if (error) toast({ text: `Not saved. ${describe(error)}`, tone: 'bad' })
  }

  async function deleteItem({ id, name }: Named) {
    deleted.add(id)
    const { error } = await remove({ input: { id } })
    if (!error) {
      const undo = { label: 'Undo', run: () => void restoreItem({ id, name }) }
      return toast({ text: `“${name}” is in the trash.`, action: undo })
    }
    deleted.delete(id)
    toast({ text: `“${name}” was not deleted. ${describe(error)}`, tone: 'bad' })
  }

  async function restoreItem({ id, name }: Named) {
    const { error } = await restore({ input: { id } })
    if (error) return toast({ text: `“${name}” was not restored. ${describe(error)}`, tone: 'bad' })
    deleted.delete(id)
    toast({ text: `“${name}” is back, as it was.` })
  }

  return { changeItem, deleteItem, restoreItem }
}

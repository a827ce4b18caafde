import { useMutation } from '@urql/vue'
import { shallowReactive } from 'vue'
import { DeleteItemDocument, UpdateItemDocument, type UpdateItemInput } from '../gql/graphql.ts'
import { describe } from '../urql/errors.ts'
import { useToasts } from './useToasts.ts'

// Kept beside the cache, which knows only what has been answered: a list that is on its way while an item is deleted may
// still hold it.
const deleted = shallowReactive(new Set<string>())

/** Whether the item was deleted here, be it that the gateway has yet to answer. */
export const isDeleted = (id: string) => deleted.has(id)

/** Changes that show at once. One that the gateway refuses is taken back, and a message says so. */
export function useItemActions() {
  const { executeMutation: update } = useMutation(UpdateItemDocument)
  const { executeMutation: remove } = useMutation(DeleteItemDocument)
  const { toast } = useToasts()

  async function changeItem(input: UpdateItemInput) {
    const { error } = await update({ input })
    if (error) toast({ text: `Not saved. ${describe(error)}`, tone: 'bad' })
  }

  async function deleteItem({ id, name }: { id: string; name: string }) {
    deleted.add(id)
    const { error } = await remove({ input: { id } })
    if (!error) return toast({ text: `“${name}” was deleted.` })
    deleted.delete(id)
    toast({ text: `“${name}” was not deleted. ${describe(error)}`, tone: 'bad' })
  }

  return { changeItem, deleteItem }
}

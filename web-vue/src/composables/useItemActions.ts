import { useMutation } from '@urql/vue'
import { DeleteItemDocument, UpdateItemDocument, type UpdateItemInput } from '../gql/graphql.ts'
import { describe } from '../urql/errors.ts'
import { useToasts } from './useToasts.ts'

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
    const { error } = await remove({ input: { id } })
    if (error) toast({ text: `“${name}” was not deleted. ${describe(error)}`, tone: 'bad' })
    else toast({ text: `“${name}” was deleted.` })
  }

  return { changeItem, deleteItem }
}

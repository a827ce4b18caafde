// Which columns of items a client's selection needs, so that a list reads no others: a page of a hundred whole rows takes
// three times as long to read as one of names.
import type { FieldNode } from 'graphql'
import { fieldsInside, oncePerField } from '../../platform/selected-fields.ts'
import type { FieldInfo } from '../../platform/selected-fields.ts'
import type { StoredItem } from './store.ts'

export type ItemColumn = keyof StoredItem

/** What of its items a list shows. */
export interface Selected {
  /** Besides the id; null for whole rows, with all that decides about access. */
  readonly columns: readonly ItemColumn[] | null
  /** Whether it shows cursors. */
  readonly hasPlace: boolean
}

/** What fields of an item are made of. One that is not here is given the whole row. */
const columnsOfFields: Readonly<Record<string, readonly ItemColumn[]>> = {
  __typename: [],
  id: [],
  name: ['name'],
  description: ['description'],
  status: ['status'],
  visibility: ['visibility'],
  tags: ['tags'],
  version: ['version'],
  createdAt: ['createdAt'],
  updatedAt: ['updatedAt'],
  deletedAt: ['deletedAt'],
  purgedAfter: ['deletedAt'],
  deletedBy: ['deletedBy'],
  owner: ['ownerId'],
}

/** @param info of a field that answers with a connection of items */
export const selectedOf = oncePerField(({ fieldNodes, fragments }: FieldInfo): Selected => {
  const inside = (parents: readonly FieldNode[], name?: string) => fieldsInside(parents, fragments, name)
  const edges = inside(fieldNodes, 'edges')
  const fields = inside([...inside(fieldNodes, 'nodes'), ...inside(edges, 'node')])
  const columns = fields.map((field) => columnsOfFields[field.name.value])
  const ends = inside(inside(fieldNodes, 'pageInfo')).map((field) => field.name.value)
  return {
    columns: columns.every((each) => each !== undefined) ? [...new Set(columns.flat())].sort() : null,
    hasPlace: inside(edges, 'cursor').length > 0 || ends.includes('startCursor') || ends.includes('endCursor'),
  }
})

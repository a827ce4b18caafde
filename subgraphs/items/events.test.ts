import { describe, expect, it } from 'vitest'
import { eventsOf } from './events.ts'
import type { ItemRow } from './store.ts'

const id = '00000000-0000-4000-8000-000000000001'

describe('the events of a change', () => {
  it.each<[string, ItemRow | null, ItemRow, string[], string[]?]>([
    ['a private item is created', null, row(), ['CREATED to item, owner:ada']],
    ['a public item is created', null, row('PUBLIC'), ['CREATED to item, owner:ada, public']],
    ['a private item changes', row(), row(), ['UPDATED to item, owner:ada']],
    ['a public item changes', row('PUBLIC'), row('PUBLIC'), ['UPDATED to item, owner:ada, public']],
    ['an item becomes public', row(), row('PUBLIC'), ['UPDATED to item, owner:ada, public']],
    ['an item becomes private', row('PUBLIC'), row(), ['UPDATED to item, owner:ada, comments', 'REMOVED to public']],
    ['a private item is deleted', row(), row('PRIVATE', new Date()), ['DELETED to item, owner:ada, comments']],
    [
      'a public item is deleted',
      row('PUBLIC'),
      row('PUBLIC', new Date()),
      ['DELETED to item, owner:ada, public, comments'],
    ],
    ['an item comes out of the trash', row('PRIVATE', new Date()), row(), ['UPDATED to item, owner:ada']],
    ['a shared item changes', row(), row(), ['UPDATED to item, owner:ada, viewer:bob, viewer:cy'], ['bob', 'cy']],
    [
      'a shared item is deleted',
      row(),
      row('PRIVATE', new Date()),
      ['DELETED to item, owner:ada, viewer:bob, comments'],
      ['bob'],
    ],
  ])('are told to those concerned when %s', (_what, before, after, told, sharees = []) => {
    const events = eventsOf(before, after, sharees).map(({ channels, event }) => {
      const { kind } = event['itemsChanged'] as { kind: string }
      return `${kind} to ${channels.join(', ').replaceAll(`:${id}`, '')}`
    })
    expect(events).toEqual(told)
  })

  it('hold the keys of the item, and nothing once it is gone', () => {
    const item = { __typename: 'Item', id }
    const told = (kind: string, item: object | null) => {
      const event = { __typename: 'ItemEvent', kind, itemId: id, item }
      return { itemsChanged: event, itemChanged: event }
    }
    expect(eventsOf(null, row(), []).map((one) => one.event)).toEqual([told('CREATED', item)])
    const ofComments = { __typename: 'CommentEvent', item }
    expect(eventsOf(row('PUBLIC'), row(), []).map((one) => one.event)).toEqual([
      { ...told('UPDATED', item), commentAdded: ofComments },
      told('REMOVED', null),
    ])
    const gone = { __typename: 'CommentEvent', kind: 'REMOVED', itemId: id, commentId: null, item: null, comment: null }
    expect(eventsOf(row(), row('PRIVATE', new Date()), []).map((one) => one.event)).toEqual([
      { ...told('DELETED', null), commentAdded: gone },
    ])
  })
})

function row(visibility: ItemRow['visibility'] = 'PRIVATE', deletedAt: Date | null = null): ItemRow {
  const at = new Date(0)
  return {
    id,
    ownerId: 'ada',
    name: 'Pen',
    description: null,
    status: 'DRAFT',
    visibility,
    version: 1,
    createdAt: at,
    updatedAt: at,
    deletedAt,
    deletedBy: null,
    tags: [],
    sharedAs: null,
    isOwnerGone: false,
  }
}

// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, bob, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal, type Answers } from '../testing/fake-gateway.ts'
import {
  button,
  confirm,
  creatorToken,
  mountApp,
  namesOn,
  unmountApp,
  until,
  untilSaid,
  wholePage,
} from '../testing/mount-app.ts'

afterEach(unmountApp)

const trashed = (id: string, more: object = {}) =>
  item(id, 1, {
    deletedAt: '2026-11-20T12:00:00.000Z',
    purgedAfter: '2026-12-20T12:00:00.000Z',
    deletedBy: ada,
    ...more,
  })

it('restores an item, which leaves the trash for the lists', async () => {
  const { app } = await trash([trashed('1'), trashed('2')], {
    restoreItem: ({ input }) => ({ item: item(input.id, 1, { viewerPermission: 'OWNER' }) }),
  })
  await router.push('/mine')
  await until(() => expect(namesOn(app)).toEqual(['Item 9']))
  await router.push('/mine/trash')
  await until(() => expect(trashOn(app)).toEqual(['Item 1', 'Item 2']))

  await app.get('[aria-label="Restore Item 1"]').trigger('click')
  await until(() => expect(trashOn(app)).toEqual(['Item 2']))
  await untilSaid('“Item 1” is back, as it was.')
  await router.push('/mine')
  await until(() => expect(namesOn(app)).toContain('Item 1'))
})

it('leaves in the trash what could not be restored, and says so', async () => {
  const { app } = await trash([trashed('1')], {
    restoreItem: () => Promise.reject(refusal('FORBIDDEN', 'Only a moderator restores what a moderator deleted.')),
  })
  await app.get('[aria-label="Restore Item 1"]').trigger('click')
  await untilSaid('“Item 1” was not restored.')
  expect(trashOn(app)).toEqual(['Item 1'])
})

it('does not offer to restore what a moderator deleted', async () => {
  const { app } = await trash([trashed('1', { deletedBy: bob })])
  await untilSaid('by a moderator')
  expect(app.find('[aria-label="Restore Item 1"]').exists()).toBe(false)
})

it('says that it is empty', async () => {
  await trash([])
  await untilSaid('The trash is empty')
})

it('takes a deletion back where it was done', async () => {
  const gateway = fakeGateway({
    me: () => ({ ...ada, items: (page: any) => pageOf([item('1', 1)], page) }),
    item: () => item('1', 1, { viewerPermission: 'OWNER' }),
    node: () => ({ __typename: 'Item', id: '1', comments: (page: any) => pageOf([], page) }),
    deleteItem: ({ input }) => ({ itemId: input.id }),
    restoreItem: ({ input }) => ({ item: item(input.id, 1, { viewerPermission: 'OWNER' }) }),
  })
  const app = await mountApp('/items/1', { token: creatorToken })
  await until(() => button(app, 'Delete'))
  await button(app, 'Delete').trigger('click')
  await confirm()
  await untilSaid('“Item 1” is in the trash.')
  await until(() => expect(namesOn(app)).toEqual([]))

  await until(() => button(wholePage(), 'Undo'))
  await button(wholePage(), 'Undo').trigger('click')
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))
  expect(gateway.count('RestoreItem')).toBe(1)
})

async function trash(items: { id: string }[], answers: Answers = {}) {
  const gateway = fakeGateway({
    me: () => ({
      ...ada,
      trash: (page: any) => pageOf(items, page),
      items: (page: any) => pageOf([item('9', 9)], page),
    }),
    ...answers,
  })
  const app = await mountApp('/mine/trash', { token: creatorToken })
  await until(() => expect(trashOn(app)).toHaveLength(items.length))
  return { app, gateway }
}

const trashOn = (app: Awaited<ReturnType<typeof mountApp>>) => {
  expect(app.find('[aria-label="Loading the trash"]').exists()).toBe(false)
  return app.findAll('main li h2').map((name) => name.text())
}

// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import ItemFacts from '../components/ItemFacts.vue'
import { ada, bob, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { router } from '../router.ts'
import { button, confirm, creatorToken, mountApp, namesOn, unmountApp, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

it('shows the description as Markdown', async () => {
  const { app } = await show({ owner: bob, description: 'Kept **dry**' })

  await until(() => expect(app.get('main strong').text()).toBe('dry'))
  expect(app.get('h1').text()).toBe('Item 1')
  expect(app.text()).toContain('bob')
  expect(app.findAll('button').map((found) => found.text())).not.toContain('Delete')
})

it('says that an item is missing, and not whether it is private', async () => {
  fakeGateway({ item: () => Promise.reject(refusal('NOT_FOUND', 'There is no such item.')) })
  const app = await mountApp('/items/1')
  await until(() => expect(app.get('h1').text()).toBe('There is no such item'))
  expect(document.title).toBe('Not found · Tributary')
})

it('shows a change at once, before the gateway has answered', async () => {
  const { app, gateway } = await show({ viewerPermission: 'OWNER' })
  const { promise, resolve } = Promise.withResolvers<object>()
  gateway.answers.updateItem = () => promise

  app.getComponent(ItemFacts).vm.$emit('change', { status: 'ARCHIVED' })
  await until(() => expect(statusOn(app)).toBe('Archived'))

  resolve({ item: item('1', 1, { viewerPermission: 'OWNER', status: 'ARCHIVED', version: 2 }) })
  await until(() => expect(app.text()).toContain('Version2'))
  expect(gateway.sent('UpdateItem')).toEqual([{ input: { id: '1', status: 'ARCHIVED' } }])
})

it('takes a change back that the gateway refuses, and says so', async () => {
  const { app, gateway } = await show({ viewerPermission: 'OWNER' })
  const { promise, reject } = Promise.withResolvers<object>()
  gateway.answers.updateItem = () => promise

  app.getComponent(ItemFacts).vm.$emit('change', { status: 'ARCHIVED' })
  await until(() => expect(statusOn(app)).toBe('Archived'))

  reject(refusal('INTERNAL_SERVER_ERROR', 'Something went wrong.'))
  await until(() => expect(statusOn(app)).toBe('Active'))
  await until(() => expect(document.body.textContent).toContain('Not saved.'))
})

it('reads the description again when an event tells of a change', async () => {
  const { app, gateway } = await show({ description: 'Old words' })
  await until(() => expect(app.text()).toContain('Old words'))
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))

  const changed = item('1', 1, { description: 'New words', version: 2 })
  gateway.answers.item = () => changed
  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '1', item: changed })

  await until(() => expect(app.text()).toContain('New words'))
})

it('stays as it is until it is read again, when an event makes nothing of the answer that it waits for', async () => {
  const { app, gateway } = await show({ description: 'Old words' })
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  await router.push('/nowhere')
  const [slowItem, slowComments] = [Promise.withResolvers<object>(), Promise.withResolvers<object>()]
  const { item: anItem, node: comments } = gateway.answers
  gateway.answers.item = () => slowItem.promise
  gateway.answers.node = () => slowComments.promise
  await router.push('/items/1')
  await until(() => expect(gateway.count('Item') + gateway.count('Comments')).toBe(4))
  const headings = new Set<string>()
  const watching = new MutationObserver(() => headings.add(app.find('h1').exists() ? app.get('h1').text() : 'none'))
  watching.observe(document.body, { childList: true, characterData: true, subtree: true })

  // The order in which graphcache keeps nothing of the answer, and does not ask again.
  const changed = item('1', 1, { name: 'Renamed', description: 'New words', version: 2 })
  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '1', item: changed })
  await flushPromises()
  slowComments.resolve((comments as () => object)())
  await flushPromises()
  await gateway.emit('MINE', { kind: 'UPDATED', itemId: '1', item: changed })
  await flushPromises()
  gateway.answers.item = () => changed
  slowItem.resolve((anItem as () => object)())

  await until(() => expect(app.text()).toContain('New words'))
  watching.disconnect()
  expect([...headings]).toEqual(['Renamed'])
})

it('says that an item is gone when it is deleted while somebody looks at it', async () => {
  const { app, gateway } = await show({})
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
  await gateway.emit('PUBLIC', { kind: 'DELETED', itemId: '1', item: null })
  await until(() => expect(app.get('h1').text()).toBe('There is no such item'))
})

it('takes a deleted item out of the list at once, and puts it back when the gateway refuses', async () => {
  const { app, gateway } = await show({ viewerPermission: 'OWNER' })
  const { promise, reject } = Promise.withResolvers<object>()
  gateway.answers.deleteItem = () => promise
  gateway.answers.me = () => ({ ...ada, items: (page: any) => pageOf([item('1', 1), item('2', 2)], page) })

  await button(app, 'Delete').trigger('click')
  await confirm()
  await until(() => expect(gateway.count('DeleteItem')).toBe(1))
  await until(() => expect(namesOn(app)).toEqual(['Item 2']))

  reject(refusal('INTERNAL_SERVER_ERROR', 'Something went wrong.'))
  await until(() => expect(namesOn(app)).toEqual(['Item 1', 'Item 2']))
  await until(() => expect(document.body.textContent).toContain('“Item 1” was not deleted.'))
})

async function show(more: object) {
  const gateway = fakeGateway({
    item: () => item('1', 1, more),
    node: () => ({ __typename: 'Item', id: '1', comments: (page: any) => pageOf([], page) }),
    me: () => ada,
  })
  const app = await mountApp('/items/1', { token: creatorToken })
  await until(() => expect(app.find('h1').exists()).toBe(true))
  await until(() => expect(statusOn(app)).not.toBe(''))
  return { app, gateway }
}

const statusOn = (app: Awaited<ReturnType<typeof mountApp>>) =>
  app
    .getComponent(ItemFacts)
    .findAll('dt')
    .find((term) => term.text() === 'Status')!
    .element.nextElementSibling!.textContent!.trim()

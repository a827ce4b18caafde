// @vitest-environment happy-dom
import { flushPromises } from '@vue/test-utils'
import { afterEach, expect, it, vi } from 'vitest'
import ItemFeed from '../components/ItemFeed.vue'
import { ada, bob, item, manyItems, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { button, mountApp, namesOn, unmountApp, until } from '../testing/mount-app.ts'

afterEach(unmountApp)

it('shows items with their owners, and more on demand', async () => {
  const { app, gateway } = await browse(manyItems(45))

  expect(namesOn(app)).toHaveLength(20)
  expect(app.get('main li').text()).toContain('ada')

  await button(app, 'Load more').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(40))
  await button(app, 'Load more').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(45))

  expect(namesOn(app)).toEqual(manyItems(45).map(({ name }) => name))
  expect(app.text()).toContain('That is everything.')
  expect(gateway.count('Items')).toBe(3)
})

it('puts a new item on top, marked as new, without asking again', async () => {
  const { app, gateway } = await browse(manyItems(45))

  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'new', item: item('new', 0, { owner: bob }) })

  await until(() => expect(namesOn(app)[0]).toBe('Item new'))
  expect(namesOn(app)).toHaveLength(21)
  expect(app.findAll('[data-arrived]').map((row) => row.text())).toEqual([expect.stringContaining('bob')])
  expect(gateway.count('Items')).toBe(1)
})

it('shows a change where the item stands, and takes a deleted item out', async () => {
  const { app, gateway } = await browse(manyItems(3))

  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '2', item: item('2', 2, { name: 'Renamed' }) })
  await until(() => expect(namesOn(app)).toEqual(['Item 1', 'Renamed', 'Item 3']))

  await gateway.emit('PUBLIC', { kind: 'DELETED', itemId: '1', item: null })
  await until(() => expect(namesOn(app)).toEqual(['Renamed', 'Item 3']))
  expect(gateway.count('Items')).toBe(1)
})

it('shows what happened while the list was on its way, and arrived before it', async () => {
  const slow = Promise.withResolvers<object>()
  const gateway = fakeGateway({ items: () => slow.promise })
  const app = await mountApp('/')
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
  await until(() => expect(gateway.count('Items')).toBe(1))

  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'new', item: item('new', 0) })
  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '2', item: item('2', 2, { name: 'Renamed', version: 2 }) })
  await gateway.emit('PUBLIC', { kind: 'DELETED', itemId: '1', item: null })
  await flushPromises()
  slow.resolve(pageOf(manyItems(3), { first: 20 }))

  await until(() => expect(namesOn(app)).toEqual(['Item new', 'Renamed', 'Item 3']))
  expect(gateway.count('Items')).toBe(1)
})

it('leaves an item to its page when an event speaks of it before that page is loaded', async () => {
  const items = manyItems(25)
  const { app, gateway } = await browse(items)

  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '23', item: item('23', 23, { name: 'Changed' }) })
  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'new', item: item('new', 0) })
  await until(() => expect(namesOn(app)).toHaveLength(21))
  expect(namesOn(app)).not.toContain('Changed')

  items[22]!.name = 'Changed'
  await button(app, 'Load more').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(26))
  expect(namesOn(app)[23]).toBe('Changed')
})

it('keeps an own item that is no longer public', async () => {
  const { app, gateway } = await browse([item('mine', 1), item('theirs', 2, { owner: bob })], 'token')
  await until(() => expect(gateway.isFollowed('MINE')).toBe(true))
  await until(() => expect(gateway.count('Me')).toBe(1))

  await gateway.emit('PUBLIC', { kind: 'REMOVED', itemId: 'mine', item: null })
  await gateway.emit('PUBLIC', { kind: 'REMOVED', itemId: 'theirs', item: null })

  await until(() => expect(namesOn(app)).toEqual(['Item mine']))
})

it('shows what happened while the socket was lost, without reading the list again', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const { app, gateway } = await browse(manyItems(3))
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))

  gateway.cutSockets()
  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'missed', item: item('missed', 0) })
  await vi.advanceTimersByTimeAsync(2_000)
  vi.useRealTimers()

  await until(() => expect(namesOn(app)[0]).toBe('Item missed'))
  expect(gateway.count('Items')).toBe(1)
})

it('reads what was loaded again, in one go, when nobody can tell what was missed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const items = manyItems(70)
  const { app, gateway } = await browse(items)
  for (const length of [40, 60]) {
    await button(app, 'Load more').trigger('click')
    await until(() => expect(namesOn(app)).toHaveLength(length))
  }

  gateway.cutSockets()
  gateway.hasForgotten = true
  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'missed', item: null })
  items.splice(30, 1)
  items.unshift(item('missed', 0))
  await vi.advanceTimersByTimeAsync(2_000)
  vi.useRealTimers()

  await until(() => expect(namesOn(app)[0]).toBe('Item missed'))
  expect(namesOn(app)).toEqual(items.slice(0, 60).map(({ name }) => name))
  expect(gateway.requests.at(-1)?.variables).toEqual({ first: 60, after: null, isSearch: false })
  expect(gateway.isFollowed('PUBLIC')).toBe(true)
})

it('shows items whose owners cannot be had, and events do not make it ask again', async () => {
  const unknown = { owner: () => Promise.reject(refusal('SUBGRAPH_UNAVAILABLE', 'Accounts cannot be reached.')) }
  const items: ReturnType<typeof item>[] = [item('1', 1, unknown), item('2', 2, unknown)]
  const { app, gateway } = await browse(items)
  expect(namesOn(app)).toEqual(['Item 1', 'Item 2'])
  expect(app.text()).toContain('Some names are missing')

  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'new', item: item('new', 0, unknown) })
  await until(() => expect(namesOn(app)).toEqual(['Item new', 'Item 1', 'Item 2']))
  expect(gateway.count('Items')).toBe(1)

  items.splice(0, 2, item('new', 0), item('1', 1), item('2', 2))
  await button(app, 'Try again').trigger('click')
  await until(() => expect(app.text()).not.toContain('Some names are missing'))
  expect(app.get('main li').text()).toContain('ada')
})

it('says when the server cannot be reached, and recovers', async () => {
  const gateway = fakeGateway({ items: (page) => pageOf(manyItems(2), page) })
  gateway.isUnreachable = true
  const app = await mountApp('/')
  await until(() => expect(app.get('[role=alert]').text()).toContain('cannot be reached'))

  gateway.isUnreachable = false
  await button(app, 'Try again').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(2))
})

it('keeps what it shows when the next page fails', async () => {
  const { app, gateway } = await browse(manyItems(25))

  gateway.isUnreachable = true
  await button(app, 'Load more').trigger('click')
  await until(() => expect(app.get('[role=alert]').text()).toContain('cannot be reached'))
  expect(namesOn(app)).toHaveLength(20)

  gateway.isUnreachable = false
  await button(app, 'Load more').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(25))
  expect(app.find('[role=alert]').exists()).toBe(false)
})

it('loses nothing when the next page and the whole stretch are asked for at the same time', async () => {
  const items = manyItems(50)
  const { app, gateway } = await browse(items)
  const list = app.getComponent(ItemFeed).props('list')

  await Promise.all([list.loadMore(), list.reload(), list.loadMore()])
  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '40', item: item('40', 40, { name: 'Renamed' }) })

  await until(() => expect(namesOn(app)).toHaveLength(40))
  expect(namesOn(app).at(-1)).toBe('Renamed')
})

it('invites to create the first item when there is none', async () => {
  const { app } = await browse([])
  expect(app.text()).toContain('Nothing here yet')
})

async function browse(items: { id: string }[], token?: string) {
  const gateway = fakeGateway({ items: (page) => pageOf(items, page), me: () => ada })
  const app = await mountApp('/', { token })
  await until(() => expect(app.text()).not.toContain('Connecting'))
  await until(() => expect(app.findAll('[role=status][aria-label]')).toHaveLength(0))
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
  return { app, gateway }
}

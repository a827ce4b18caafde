// @vitest-environment happy-dom
// What lists of items are asked for, and what they hold then.
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, bob, item, manyItems, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal, type Answers } from '../testing/fake-gateway.ts'
import { button, creatorToken, field, mountApp, namesOn, unmountApp, until, untilSaid } from '../testing/mount-app.ts'

afterEach(unmountApp)

it('searches as one types, in one question, and marks the words as text', async () => {
  const { app, gateway } = await list('/', { items: searchable })

  for (const text of ['l', 'la', 'lamp']) await field(app, 'Search').setValue(text)
  await until(() => expect(namesOn(app)).toEqual(['Brass <b>lamp</b>']))

  expect(app.findAll('main mark').map((mark) => mark.text())).toEqual(['lamp', 'lamp'])
  expect(app.find('main h3 b').exists()).toBe(false)
  expect(router.currentRoute.value.fullPath).toBe('/?search=lamp')
  expect(gateway.requests.map(({ variables }) => variables.search)).toEqual([undefined, 'lamp'])
})

it('asks for what the address says', async () => {
  const { app, gateway } = await list('/?search=lamp&status=draft&tag=brass&order=name-asc', { items: searchable })

  expect(gateway.requests[0]?.variables).toEqual({
    first: 20,
    after: null,
    search: 'lamp',
    orderBy: 'NAME_ASC',
    filter: { status: ['DRAFT'], tags: ['brass'] },
    isSearch: true,
  })
  expect(field(app, 'Search').element.value).toBe('lamp')
  expect(button(app, 'Draft').attributes('aria-pressed')).toBe('true')
})

it('says when it found only what looks alike', async () => {
  await list('/?search=lapm', { items: (page) => ({ ...pageOf(manyItems(1), page), isApproximate: true }) })
  await untilSaid('Nothing has these words.')
})

it('says when nothing was found, and shows everything again', async () => {
  const items = ({ search, ...page }: any) => pageOf(search ? [] : manyItems(2), page)
  const { app } = await list('/?search=nothing', { items })
  await untilSaid('Nothing found')
  expect(app.text()).toContain('Try fewer words.')

  await button(app, 'Show all items').trigger('click')

  await until(() => expect(namesOn(app)).toHaveLength(2))
  expect(router.currentRoute.value.fullPath).toBe('/')
})

it('keeps what was found on the screen until the next answer is there', async () => {
  const { app, gateway } = await list('/', { items: (page) => pageOf(manyItems(2), page) })
  const { promise, resolve } = Promise.withResolvers<object>()
  gateway.answers.items = () => promise

  await button(app, 'Archived').trigger('click')
  await until(() => expect(gateway.count('Items')).toBe(2))
  expect(namesOn(app)).toEqual(['Item 1', 'Item 2'])
  expect(app.find('[aria-busy=true]').exists()).toBe(true)

  resolve(pageOf([item('9', 1, { status: 'ARCHIVED' })], { first: 20 }))
  await until(() => expect(namesOn(app)).toEqual(['Item 9']))
})

it('lets an event into a filtered list that it fits, and takes out what fits no longer', async () => {
  const active = (id: string, ageMinutes: number, more = {}) => item(id, ageMinutes, { tags: ['brass'], ...more })
  const { app, gateway } = await list('/?status=active&tag=brass', { items: (page) => pageOf([active('1', 5)], page) })
  const told = (id: string, now: object) => gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: id, item: now })

  await told('2', active('2', 1))
  await told('3', active('3', 1, { status: 'DRAFT' }))
  await told('4', active('4', 1, { tags: ['iron'] }))
  await until(() => expect(namesOn(app)).toEqual(['Item 2', 'Item 1']))

  await told('1', active('1', 5, { status: 'ARCHIVED' }))
  await until(() => expect(namesOn(app)).toEqual(['Item 2']))
  expect(gateway.count('Items')).toBe(1)
})

it('brings what was changed to the top of a list in the order of changes, and loses none of it', async () => {
  const items = manyItems(25)
  const { app, gateway } = await list('/?order=updated-desc', { items: (page) => pageOf(items, page) })
  expect(namesOn(app)).toHaveLength(20)

  const changed = { ...items[19]!, name: 'Changed', updatedAt: '2026-11-21T00:00:00.000Z' }
  await gateway.emit('PUBLIC', { kind: 'UPDATED', itemId: '20', item: changed })

  await until(() => expect(namesOn(app)[0]).toBe('Changed'))
  expect(namesOn(app)).toHaveLength(20)
})

it('goes on from the new list when more of it is asked for', async () => {
  const items = ({ search, ...page }: any) => pageOf(manyItems(search ? 30 : 45), page)
  const { app, gateway } = await list('/', { items })
  await field(app, 'Search').setValue('item')
  await until(() => expect(gateway.count('Items')).toBe(2))
  await until(() => expect(app.find('[aria-busy=true]').exists()).toBe(false))

  await button(app, 'Load more').trigger('click')
  await until(() => expect(namesOn(app)).toHaveLength(30))
  expect(gateway.requests.at(-1)?.variables).toMatchObject({ search: 'item', after: '20' })
})

it('shows what others share as they share it, and takes it away with the share', async () => {
  const shared = [item('1', 9, { owner: bob })]
  const { app, gateway } = await list('/mine/shared', {
    me: () => ({ ...ada, sharedWithMe: (page: any) => pageOf(shared, page) }),
  })
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))
  await until(() => expect(gateway.isFollowed('SHARED')).toBe(true))

  await gateway.emit('SHARED', {
    kind: 'UPDATED',
    itemId: '2',
    item: item('2', 1, { owner: bob, visibility: 'PRIVATE' }),
  })
  await until(() => expect(namesOn(app)).toEqual(['Item 2', 'Item 1']))

  await gateway.emit('SHARED', { kind: 'REMOVED', itemId: '2', item: null })
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))
  expect(gateway.count('SharedItems')).toBe(1)
})

it('keeps what is shared with the reader when the public may no longer see it', async () => {
  const shared = [item('1', 9, { owner: bob })]
  const { app, gateway } = await list('/mine/shared', {
    me: () => ({ ...ada, sharedWithMe: (page: any) => pageOf(shared, page) }),
    items: (page) => pageOf(shared, page),
  })
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))
  await router.push('/')
  await until(() => expect(namesOn(app)).toEqual(['Item 1']))

  await gateway.emit('PUBLIC', { kind: 'REMOVED', itemId: '1', item: null })
  await gateway.emit('PUBLIC', { kind: 'CREATED', itemId: 'new', item: item('new', 0) })
  await until(() => expect(namesOn(app)).toEqual(['Item new', 'Item 1']))
})

it('filters what is shared by who shares it', async () => {
  const carl = { ...bob, id: 'carl', username: 'carl' }
  const shared = [item('1', 1, { owner: bob }), item('2', 2, { owner: carl })]
  const sharedWithMe = ({ filter, ...page }: any) =>
    pageOf(filter ? shared.filter(({ owner }) => owner.id === filter.ownerId) : shared, page)
  const { app } = await list('/mine/shared', { me: () => ({ ...ada, sharedWithMe }) })
  await until(() => expect(namesOn(app)).toHaveLength(2))

  await field(app, 'Owner').setValue('carl')
  await until(() => expect(namesOn(app)).toEqual(['Item 2']))
  expect(field(app, 'Owner').text()).toContain('bob')
})

it('says so when the lists cannot be had', async () => {
  const { app } = await list('/mine/shared', {
    me: () => ({ ...ada, sharedWithMe: () => Promise.reject(refusal('SUBGRAPH_UNAVAILABLE', 'Away.')) }),
  })
  await until(() => expect(app.get('main [role=alert]').text()).toContain('does not answer right now'))
})

async function list(path: string, answers: Answers) {
  const gateway = fakeGateway({ me: () => ada, ...answers })
  const app = await mountApp(path, path.startsWith('/mine') ? { token: creatorToken } : {})
  await until(() => expect(gateway.isFollowed('PUBLIC')).toBe(true))
  await until(() => field(app, 'Search'))
  await until(() => expect(app.findAll('main [role=status][aria-label]')).toHaveLength(0))
  return { app, gateway }
}

/** One item that holds the word `lamp`, and says where. */
function searchable({ search, ...page }: any) {
  const lamp = item('lamp', 1, { name: 'Brass <b>lamp</b>' })
  if (!search) return pageOf(manyItems(3), page)
  const marked = [
    { text: 'Brass <b>', isMatch: false },
    { text: 'lamp', isMatch: true },
    { text: '</b>', isMatch: false },
  ]
  const description = [
    { text: 'A ', isMatch: false },
    { text: 'lamp', isMatch: true },
  ]
  const found = pageOf([lamp], page)
  return { ...found, edges: [{ cursor: 'lamp', node: lamp, snippet: { name: marked, description } }] }
}

// @vitest-environment happy-dom
import { afterEach, expect, it } from 'vitest'
import { ada, bob, comment, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal } from '../testing/fake-gateway.ts'
import { button, creatorToken, mountApp, unmountApp, until, untilSaid } from '../testing/mount-app.ts'

afterEach(unmountApp)

const activity = (id: string, more: object = {}) => ({
  id,
  kind: 'COMMENT_ADDED',
  actor: bob,
  itemId: '1',
  itemName: 'Item 1',
  item: item('1', 1),
  version: null,
  comment: comment('1'),
  permission: null,
  createdAt: '2026-11-20T12:00:00.000Z',
  ...more,
})

it('tells what happened, and links what is still there', async () => {
  const { app } = await show([
    activity('1'),
    activity('2', { kind: 'ITEM_DELETED', item: null, comment: null, actor: ada }),
  ])
  expect(deedsOn(app)).toEqual(['bob commented on Item 1', 'You put Item 1 into the trash'])
  expect(app.findAll('main li a[href="/items/1"]')).toHaveLength(1)
  expect(app.get('main blockquote').text()).toBe('Comment 1')
})

it('shows what happens as it happens, without asking again', async () => {
  const { app, gateway } = await show([activity('1')])
  await until(() => expect(gateway.isFollowed('ACTIVITY')).toBe(true))
  const shared = activity('2', { kind: 'ITEM_SHARED', comment: null, permission: 'EDIT' })
  await gateway.emit('ACTIVITY', { kind: 'ITEM_SHARED', activityId: '2', itemId: '1', activity: shared })

  await until(() => expect(deedsOn(app)[0]).toBe('bob shared Item 1 with you · Can edit'))
  expect(deedsOn(app)).toHaveLength(2)
  expect(gateway.count('Activity')).toBe(1)
})

it('shows more on demand', async () => {
  const { app } = await show(Array.from({ length: 25 }, (_, index) => activity(`${index}`)))
  expect(deedsOn(app)).toHaveLength(20)
  await button(app, 'Load more').trigger('click')
  await until(() => expect(deedsOn(app)).toHaveLength(25))
})

it('says what will appear when nothing has happened yet', async () => {
  await show([])
  await untilSaid('Nothing has happened yet')
})

it('says when it cannot be had', async () => {
  fakeGateway({ me: () => ({ ...ada, activity: () => Promise.reject(refusal('TIMEOUT', 'Too slow.')) }) })
  await mountApp('/activity', { token: creatorToken })
  await untilSaid('does not answer right now')
})

async function show(activities: { id: string }[]) {
  const gateway = fakeGateway({ me: () => ({ ...ada, activity: (page: any) => pageOf(activities, page) }) })
  const app = await mountApp('/activity', { token: creatorToken })
  await untilSaid('for 90 days')
  await until(() => expect(deedsOn(app)).toHaveLength(Math.min(activities.length, 20)))
  return { app, gateway }
}

const deedsOn = (app: Awaited<ReturnType<typeof mountApp>>) =>
  app.findAll('main li').map((row) => row.get('p').text().replaceAll(/\s+/g, ' '))

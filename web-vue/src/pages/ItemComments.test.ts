// @vitest-environment happy-dom
// What is said about an item.
import type { VueWrapper } from '@vue/test-utils'
import { afterEach, expect, it } from 'vitest'
import { router } from '../router.ts'
import { ada, bob, comment, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal, type Answers } from '../testing/fake-gateway.ts'
import {
  button,
  confirm,
  creatorToken,
  fill,
  mountApp,
  saidOf,
  unmountApp,
  until,
  untilSaid,
} from '../testing/mount-app.ts'

afterEach(unmountApp)

const many = (count: number) => Array.from({ length: count }, (_, index) => comment(`${index + 1}`))

it('shows the last comments, and earlier ones on demand, the oldest on top', async () => {
  const { app, gateway } = await show(many(25))
  await until(() => expect(bodiesOn(app)).toEqual(textsFrom(6, 25)))

  await button(app, 'Show earlier comments').trigger('click')
  await until(() => expect(bodiesOn(app)).toEqual(textsFrom(1, 25)))
  expect(gateway.requests.at(-1)?.variables).toEqual({ itemId: '1', last: 20, before: '6' })
})

it('shows a comment and a reply of somebody else as they are written, without asking again', async () => {
  const { app, gateway } = await show([comment('1')])
  await until(() => expect(bodiesOn(app)).toEqual(['Comment 1']))
  await until(() => expect(gateway.isFollowed('COMMENTS')).toBe(true))

  await told(gateway, comment('2'))
  await told(gateway, comment('3', { replyTo: { id: '1' } }))

  await until(() => expect(bodiesOn(app)).toEqual(['Comment 1', 'Comment 3', 'Comment 2']))
  expect(app.get('ol[aria-label=Replies]').text()).toContain('Comment 3')
  expect(gateway.count('Comments')).toBe(1)
})

it('adds a comment once, though the event tells of it too', async () => {
  const { app, gateway } = await show([])
  const mine = comment('9', { body: 'Well kept', author: ada })
  gateway.answers.addComment = () => ({ comment: mine })
  await untilSaid('Nobody has said anything yet.')

  await fill(app, { 'Write a comment': 'Well kept' })
  await app.get('main form').trigger('submit')
  await until(() => expect(bodiesOn(app)).toEqual(['Well kept']))
  await told(gateway, mine)

  expect(sent(gateway, 'AddComment')).toEqual({ input: { itemId: '1', body: 'Well kept' } })
  expect(app.get<HTMLTextAreaElement>('main textarea').element.value).toBe('')
  expect(bodiesOn(app)).toEqual(['Well kept'])
})

it('keeps what was written when it is refused, says why, and asks before it is lost', async () => {
  const { app, gateway } = await show([])
  gateway.answers.addComment = () => Promise.reject(refusal('BAD_USER_INPUT', 'Too many words.', 'body'))
  await fill(app, { 'Write a comment': 'Well kept' })
  await app.get('main form').trigger('submit')

  await until(() => expect(saidOf(app, 'Write a comment')[0]).toBe('Too many words.'))
  expect(app.get<HTMLTextAreaElement>('main textarea').element.value).toBe('Well kept')
  globalThis.confirm = () => false
  await router.push('/status')
  expect(router.currentRoute.value.path).toBe('/items/1')
  globalThis.confirm = () => true
})

it('sends nothing that is empty', async () => {
  const { app, gateway } = await show([])
  await app.get('main form').trigger('submit')
  expect(saidOf(app, 'Write a comment')[0]).toBe('Write something first.')
  expect(gateway.count('AddComment')).toBe(0)
})

it('replies under the comment that is replied to', async () => {
  const { app, gateway } = await show([comment('1')])
  gateway.answers.addComment = ({ input }) => ({ comment: comment('2', { body: input.body, replyTo: { id: '1' } }) })
  await until(() => button(app, 'Reply'))

  await button(app, 'Reply').trigger('click')
  await fill(app, { 'Write a reply': 'So it is' })
  await app.get('main li form').trigger('submit')

  await until(() => expect(app.get('ol[aria-label=Replies]').text()).toContain('So it is'))
  expect(sent(gateway, 'AddComment')).toEqual({ input: { itemId: '1', body: 'So it is', replyTo: '1' } })
})

it('shows all replies to a comment that has many, and the next one at their end', async () => {
  const replies = Array.from({ length: 12 }, (_, index) => comment(`reply ${index + 1}`, { replyTo: { id: '1' } }))
  const thread = comment('1', { replies: (page: any) => pageOf(replies, page) })
  const { app, gateway } = await show([thread])
  await until(() => expect(bodiesOn(app)).toHaveLength(11))
  await until(() => expect(gateway.isFollowed('COMMENTS')).toBe(true))

  gateway.answers.node = () => thread
  await button(app, 'Show all replies').trigger('click')
  await until(() => expect(bodiesOn(app)).toHaveLength(13))
  await told(gateway, comment('the last', { replyTo: { id: '1' } }))
  await until(() => expect(bodiesOn(app).at(-1)).toBe('Comment the last'))
  expect(bodiesOn(app)).toHaveLength(14)
})

it('keeps what a comment was changed to when that is refused', async () => {
  const { app, gateway } = await show([comment('1', { viewerCanEdit: true })])
  const { promise, reject } = Promise.withResolvers<object>()
  gateway.answers.editComment = () => promise
  await until(() => expect(bodiesOn(app)).toHaveLength(1))
  await button(app, 'Edit').trigger('click')

  await fill(app, { 'Change your comment': 'Otherwise' })
  await app.get('main li form').trigger('submit')
  await until(() => expect(gateway.count('EditComment')).toBe(1))
  reject(refusal('FORBIDDEN', 'That is not your comment.'))

  await untilSaid('That is not your comment.')
  expect(app.get<HTMLTextAreaElement>('main li textarea').element.value).toBe('Otherwise')
})

it('takes a deleted comment away, and leaves its place to the replies where there are some', async () => {
  const replies = (page: any) => pageOf([comment('2', { replyTo: { id: '1' } })], page)
  const deletable = { viewerCanDelete: true }
  const { app, gateway } = await show([comment('1', { ...deletable, replies }), comment('3', deletable)])
  gateway.answers.deleteComment = ({ input }) => ({ commentId: input.id })
  await until(() => expect(bodiesOn(app)).toHaveLength(3))

  for (const left of [['Comment 2', 'Comment 3'], ['Comment 2']]) {
    await deleteFirst(app)
    await until(() => expect(bodiesOn(app)).toEqual(left))
  }
  expect(app.text()).toContain('This comment is gone.')
})

it('puts a comment back that was not deleted after all', async () => {
  const { app, gateway } = await show([comment('1', { viewerCanDelete: true })])
  gateway.answers.deleteComment = () => Promise.reject(refusal('FORBIDDEN', 'Not yours.'))
  await until(() => expect(bodiesOn(app)).toHaveLength(1))
  await deleteFirst(app)
  await untilSaid('The comment was not deleted.')
  expect(bodiesOn(app)).toEqual(['Comment 1'])
})

it('offers nothing to write to those who may only read', async () => {
  const { app } = await show([comment('1')], { viewerPermission: 'VIEW' })
  await until(() => expect(bodiesOn(app)).toEqual(['Comment 1']))
  expect(app.find('main textarea').exists()).toBe(false)
  expect(app.findAll('button').map((each) => each.text())).not.toContain('Reply')
})

it('shows the item when its comments cannot be had', async () => {
  const { app } = await show([], {}, { node: () => Promise.reject(refusal('TIMEOUT', 'Too slow.')) })
  await untilSaid('does not answer right now')
  expect(app.get('h1').text()).toBe('Item 1')
})

async function show(comments: { id: string }[], more: object = {}, answers: Answers = {}) {
  const gateway = fakeGateway({
    item: () => item('1', 1, { viewerPermission: 'COMMENT', owner: bob, ...more }),
    node: () => ({ __typename: 'Item', id: '1', comments: (page: any) => pageOf(comments, page) }),
    me: () => ada,
    ...answers,
  })
  const app = await mountApp('/items/1', { token: creatorToken })
  await untilSaid('Comments')
  await until(() => expect(app.find('[aria-label="Loading comments"]').exists()).toBe(false))
  return { app, gateway }
}

const told = ({ emit }: ReturnType<typeof fakeGateway>, written: { id: string }) =>
  emit('COMMENTS', { kind: 'ADDED', itemId: '1', commentId: written.id, comment: written })

const sent = ({ requests }: ReturnType<typeof fakeGateway>, name: string) =>
  requests.find(({ operationName }) => operationName === name)?.variables

const bodiesOn = (app: VueWrapper) => app.findAll('main section .markdown').map((body) => body.text())

const textsFrom = (first: number, last: number) =>
  Array.from({ length: last - first + 1 }, (_, index) => `Comment ${first + index}`)

async function deleteFirst(app: VueWrapper) {
  await app
    .get('main ol')
    .findAll('button')
    .find((each) => each.text() === 'Delete')!
    .trigger('click')
  await confirm()
}

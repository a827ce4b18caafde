// @vitest-environment happy-dom
// With whom an item is shared, as its owner sees it, and what is offered to whom.
import { afterEach, expect, it } from 'vitest'
import { ada, bob, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal, type Answers } from '../testing/fake-gateway.ts'
import {
  button,
  confirm,
  creatorToken,
  fill,
  mountApp,
  saidOf,
  tokenFor,
  unmountApp,
  until,
  untilSaid,
  wholePage,
} from '../testing/mount-app.ts'

afterEach(unmountApp)

const share = (id: string, more: object = {}) => ({ id, permission: 'VIEW', email: null, user: bob, ...more })
const WHOM = 'Username or e-mail address'

it('lists with whom it is shared, and shares with a person by username', async () => {
  const gateway = await openDialog({
    shareItem: ({ input }) => ({
      share: share('2', { permission: input.permission, user: { ...bob, id: 'carl', username: 'carl' } }),
      item: { id: '1' },
    }),
  })
  expect(sharesOn()).toEqual(['bob'])

  await fill(wholePage(), { [WHOM]: ' carl ', 'What they may do': 'EDIT' })
  await submit()

  await untilSaid('Shared with carl.')
  expect(sharesOn()).toEqual(['bob', 'carl'])
  expect(sent(gateway, 'ShareItem')).toEqual({ input: { itemId: '1', username: 'carl', permission: 'EDIT' } })
  expect(gateway.count('Shares')).toBe(1)
})

it('shares by e-mail, and says when that takes effect', async () => {
  const gateway = await openDialog({
    shareItem: ({ input }) => ({ share: share('2', { user: null, email: input.email }), item: { id: '1' } }),
  })
  await fill(wholePage(), { [WHOM]: 'carl@example.com' })
  await submit()

  await untilSaid('Shared with carl@example.com. It takes effect once somebody has verified that address.')
  expect(sharesOn()).toEqual(['bob', 'carl@example.com'])
  expect(sent(gateway, 'ShareItem')).toEqual({ input: { itemId: '1', email: 'carl@example.com', permission: 'VIEW' } })
})

it('says at the field that nobody has the username, and keeps it', async () => {
  await openDialog({ shareItem: () => Promise.reject(refusal('BAD_USER_INPUT', 'Nobody has that name.', 'username')) })
  await fill(wholePage(), { [WHOM]: 'crl' })
  await submit()
  await until(() => expect(saidOf(wholePage(), WHOM)).toEqual(['Nobody has that name.']))
})

it('changes what a share permits, and says when that is refused', async () => {
  const gateway = await openDialog({ shareItem: () => Promise.reject(refusal('FORBIDDEN', 'Not yours.')) })
  await wholePage().get('[aria-label="What bob may do"]').setValue('COMMENT')
  await untilSaid('Not yours.')
  expect(sent(gateway, 'ShareItem')).toEqual({ input: { itemId: '1', username: 'bob', permission: 'COMMENT' } })
})

it('takes a share back at once, and puts it back when that is refused', async () => {
  const gateway = await openDialog({})
  const { promise, reject } = Promise.withResolvers<object>()
  gateway.answers.revokeShare = () => promise

  await wholePage().get('[aria-label="Stop sharing with bob"]').trigger('click')
  await until(() => expect(sharesOn()).toEqual([]))

  reject(refusal('INTERNAL_SERVER_ERROR', 'Broken.'))
  await until(() => expect(sharesOn()).toEqual(['bob']))
  await untilSaid('Something went wrong on our side.')
})

it.each([
  ['OWNER', ['Edit', 'Share', 'History', 'Delete']],
  ['EDIT', ['Edit', 'History']],
  ['COMMENT', []],
  ['VIEW', []],
])('offers to somebody with %s what that permits', async (viewerPermission, offered) => {
  const { app } = await show({ item: () => item('1', 1, { viewerPermission, owner: bob, visibility: 'PRIVATE' }) })
  expect(actionsOn(app)).toEqual(offered)
})

it('offers nothing that the account does not permit', async () => {
  const { app } = await show({}, tokenFor('items:read', 'comments:write'))
  expect(actionsOn(app)).toEqual([])
})

it('lets a moderator remove what is public, and says what that means', async () => {
  const { app, gateway } = await show(
    { item: () => item('1', 1, { owner: bob }), deleteItem: ({ input }) => ({ itemId: input.id }) },
    tokenFor('items:read', 'items:moderate'),
  )
  expect(actionsOn(app)).toEqual(['Remove as moderator'])

  await button(app, 'Remove as moderator').trigger('click')
  await untilSaid('Its owner sees it in the trash and cannot take it out.')
  await confirm()
  await until(() => expect(sent(gateway, 'DeleteItem')).toEqual({ input: { id: '1' } }))
})

async function show(answers: Answers, token = creatorToken) {
  const gateway = fakeGateway({
    item: () => item('1', 1, { viewerPermission: 'OWNER', shares: () => [share('1')] }),
    items: (page) => pageOf([], page),
    node: () => ({ __typename: 'Item', id: '1', comments: (page: any) => pageOf([], page) }),
    me: () => ada,
    ...answers,
  })
  const app = await mountApp('/items/1', { token })
  await untilSaid('Nobody has said anything yet.')
  return { app, gateway }
}

async function openDialog(answers: Answers) {
  const { app, gateway } = await show(answers)
  await button(app, 'Share').trigger('click')
  await until(() => expect(sharesOn()).toEqual(['bob']))
  return gateway
}

const submit = () => wholePage().get('[role=dialog] form').trigger('submit')
const sharesOn = () =>
  wholePage()
    .findAll('[aria-label="Shared with"] li p.font-semibold')
    .map((name) => name.text())
const sent = ({ requests }: ReturnType<typeof fakeGateway>, name: string) =>
  requests.find(({ operationName }) => operationName === name)?.variables
const actionsOn = (app: Awaited<ReturnType<typeof mountApp>>) =>
  app
    .findAll('main article > div')[1]!
    .findAll('a.button, button:not([aria-haspopup])')
    .map((action) => action.text())

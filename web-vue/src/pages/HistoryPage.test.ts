// @vitest-environment happy-dom
// What an item was, and making it that again.
import { afterEach, expect, it } from 'vitest'
import { ada, bob, item, pageOf } from '../testing/items.ts'
import { fakeGateway, refusal, type Answers } from '../testing/fake-gateway.ts'
import {
  button,
  confirm,
  creatorToken,
  mountApp,
  unmountApp,
  until,
  untilSaid,
  wholePage,
} from '../testing/mount-app.ts'

afterEach(unmountApp)

const version = (number: number, more: object = {}) => ({
  id: `${number}`,
  version: number,
  kind: number === 1 ? 'CREATED' : 'UPDATED',
  author: bob,
  createdAt: '2026-11-20T12:00:00.000Z',
  changes: [{ field: 'NAME', before: 'Lamp', after: 'Brass lamp' }],
  ...more,
})

it('lists the versions, and shows what one changed when that is asked for', async () => {
  const { app, gateway } = await history()
  expect(versionsOn(app)).toEqual(['Version 2 As it is now', 'Version 1'])
  expect(gateway.count('VersionChanges')).toBe(0)

  await app.get('[aria-label="Show changes of version 2"]').trigger('click')
  await until(() => expect(app.get('main ins').text()).toBe('Brass lamp'))
  expect(app.get('main del').text()).toBe('Lamp')
})

it('shows what reverting changes, asks, and makes the item what it was', async () => {
  const { app, gateway } = await history({
    revertItem: () => ({ item: item('1', 1, { viewerPermission: 'OWNER', version: 3 }) }),
  })
  await app.get('[aria-label="Revert to version 1"]').trigger('click')
  await until(() => expect(wholePage().get('[role=alertdialog] ins').text()).toBe('#to repair'))
  expect(wholePage().get('[role=alertdialog]').text()).not.toContain('Visibility')

  await confirm()
  await untilSaid('It is what it was in version 1.')
  expect(sent(gateway, 'RevertItem')).toEqual({ input: { id: '1', toVersion: 1, expectedVersion: 2 } })
  await until(() => expect(gateway.count('ItemVersions')).toBe(2))
})

it('says when somebody else changed the item meanwhile, and reads what is new', async () => {
  const { app, gateway } = await history({ revertItem: () => Promise.reject(refusal('CONFLICT', 'It was changed.')) })
  await app.get('[aria-label="Revert to version 1"]').trigger('click')
  await confirm()
  await untilSaid('somebody has changed the item meanwhile')
  await until(() => expect(gateway.count('ItemVersions')).toBe(2))
})

it('says to whom a history is not shown', async () => {
  fakeGateway({
    item: () => item('1', 1, { versions: () => Promise.reject(refusal('FORBIDDEN', 'Not to be changed.')) }),
    me: () => ada,
  })
  await mountApp('/items/1/history', { token: creatorToken })
  await untilSaid('There is no history for you here')
})

it('offers to try again when the history cannot be had', async () => {
  const versions = () => Promise.reject(refusal('TIMEOUT', 'Too slow.'))
  const { app, gateway } = await history({ item: () => item('1', 1, { viewerPermission: 'OWNER', versions }) }, false)
  await untilSaid('does not answer right now')
  gateway.answers.item = theItem
  await button(app, 'Try again').trigger('click')
  await until(() => expect(versionsOn(app)).toHaveLength(2))
})

const theItem = () =>
  item('1', 1, {
    viewerPermission: 'OWNER',
    version: 2,
    versions: (page: any) => pageOf([version(2), version(1)], page),
    versionAt: ({ version: number }: any) => version(number),
    diff: () => [
      { field: 'TAGS', before: 'brass', after: 'brass, to repair' },
      { field: 'VISIBILITY', before: 'PUBLIC', after: 'PRIVATE' },
    ],
  })

async function history(answers: Answers = {}, isThere = true) {
  const gateway = fakeGateway({ item: theItem, me: () => ada, ...answers })
  const app = await mountApp('/items/1/history', { token: creatorToken })
  if (isThere) await until(() => expect(versionsOn(app)).toHaveLength(2))
  return { app, gateway }
}

const versionsOn = (app: Awaited<ReturnType<typeof mountApp>>) =>
  app.findAll('main li h2').map((title) => title.text().replaceAll(/\s+/g, ' '))
const sent = ({ requests }: ReturnType<typeof fakeGateway>, name: string) =>
  requests.find(({ operationName }) => operationName === name)?.variables

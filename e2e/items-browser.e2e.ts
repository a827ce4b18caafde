// What people do with items, alone and together, in real browsers: each person has one of their own.
import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { PASSWORD, anAddress, apiOf, type Person } from './support/api.ts'
import { describeWithChromium, launchChromium } from './support/browser.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describeWithChromium('items in the web app', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let tributary: Awaited<ReturnType<typeof startLocal>>
  let browser: Browser

  beforeAll(async () => {
    folder = await temporaryFolder()
    const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' }
    tributary = await startLocal(localConfig(env), { say: () => {}, seed: false })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await tributary?.close()
    await folder?.remove()
  })

  it('finds items as one types, in spite of a typing error, and leads back to what was found', async () => {
    const ada = await somebody('ada')
    const word = aWord()
    await createItem(ada, { name: `Brass ${word}`, tags: ['brass', word], visibility: 'PUBLIC' })
    await createItem(ada, { name: `Iron ${word}`, description: 'Nothing of brass about it.', visibility: 'PUBLIC' })
    const { page } = await inBrowser(null)
    await page.goto(tributary.url)

    await page.getByLabel('Search').pressSequentially(`brass ${word}`.slice(0, -2))
    await expect.poll(() => namesOn(page), { timeout: 10_000 }).toEqual([`Brass ${word}`, `Iron ${word}`])
    expect(await page.locator('main h3 mark').first().innerText()).toBe('Brass')
    await page.getByRole('link', { name: `Brass ${word}` }).click()
    await page.getByRole('heading', { name: `Brass ${word}`, level: 1 }).waitFor()
    await page.goBack()
    await page.getByRole('link', { name: `Iron ${word}` }).waitFor()
    expect(await page.getByLabel('Search').inputValue()).toBe(`brass ${word}`.slice(0, -2))

    await page.getByLabel('Search').fill(`${word.slice(0, 3)}${word.slice(4)}`)
    await page.getByText('Nothing has these words').waitFor()
    await page.goto(`${tributary.url}/?tag=${word}&status=draft`)
    await page.getByRole('link', { name: `Brass ${word}` }).waitFor()
    expect(await namesOn(page)).toEqual([`Brass ${word}`])
  })

  it('shows an item to the person that it is shared with as it is shared, and takes it away with the share', async () => {
    const [ada, bob] = [await somebody('ada'), await somebody('bob')]
    const name = `Diary ${aWord()}`
    const id = await createItem(ada, { name })
    const [{ page: hers }, { page: his }] = [await inBrowser(ada), await inBrowser(bob)]
    await his.goto(`${tributary.url}/mine/shared`)
    await his.getByText('Nobody shares anything with you yet').waitFor()
    await his.getByText(/^Live/).waitFor()

    await hers.goto(`${tributary.url}/items/${id}`)
    await hers.getByRole('button', { name: 'Share' }).click()
    await hers.getByLabel('Username or e-mail address').fill(bob.username)
    await hers.getByLabel('What they may do').selectOption('COMMENT')
    await hers.getByRole('dialog').getByRole('button', { name: 'Share', exact: true }).click()
    await his.getByRole('link', { name }).waitFor()

    await his.getByRole('link', { name }).click()
    await his.getByText('You can comment on it').waitFor()
    expect(await his.getByRole('link', { name: 'Edit' }).count()).toBe(0)

    await hers.getByRole('button', { name: `Stop sharing with ${bob.username}` }).click()
    await his.getByRole('heading', { name: 'There is no such item' }).waitFor()
    await his.goto(`${tributary.url}/mine/shared`)
    await his.getByText('Nobody shares anything with you yet').waitFor()
  })

  it('shows comments, replies and what happened to both as they are written', async () => {
    const [ada, bob] = [await somebody('ada'), await somebody('bob')]
    const id = await createItem(ada, { name: `Lamp ${aWord()}` })
    await share(ada, { itemId: id, username: bob.username, permission: 'COMMENT' })
    const [{ page: hers }, { page: his }] = [await inBrowser(ada), await inBrowser(bob)]
    for (const page of [hers, his]) {
      await page.goto(`${tributary.url}/items/${id}`)
      await page.getByText('Nobody has said anything yet').waitFor()
    }
    const feed = await hers.context().newPage()
    await feed.goto(`${tributary.url}/activity`)
    await feed.getByText(/You shared/).waitFor()
    await feed.getByText(/^Live/).waitFor()

    await his.getByLabel('Write a comment').fill('Is the cord **original**?')
    await his.getByRole('button', { name: 'Comment', exact: true }).click()
    await hers.getByRole('article').locator('strong', { hasText: 'original' }).waitFor()
    await feed.getByText(`${bob.username} commented on`).waitFor()

    await hers.getByRole('button', { name: 'Reply' }).click()
    await hers.getByLabel('Write a reply').fill('It is.')
    await hers.locator('main li').getByRole('button', { name: 'Reply', exact: true }).click()
    await his.getByRole('list', { name: 'Replies' }).getByText('It is.').waitFor()
    expect(await hers.getByText('It is.').count()).toBe(1)

    await his.getByRole('button', { name: 'Edit' }).click()
    await his.getByLabel('Change your comment').fill('Is it old?')
    await his.getByRole('button', { name: 'Save' }).click()
    await his.getByText('edited').waitFor()
    await his.getByRole('button', { name: 'Delete' }).click()
    await his.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await his.getByText('This comment is gone.').waitFor()
    await his.getByText('It is.').waitFor()
  })

  it('loses neither of two changes that meet', async () => {
    const [ada, bob] = [await somebody('ada'), await somebody('bob')]
    const id = await createItem(ada, { name: `Lamp ${aWord()}`, description: 'Old words.' })
    await share(ada, { itemId: id, username: bob.username, permission: 'EDIT' })
    const { page } = await inBrowser(ada)
    await page.goto(`${tributary.url}/items/${id}/edit`)
    await page.getByLabel('Name').fill('My name for it')
    await update(bob, { id, name: 'His name for it', description: 'New words.' })

    await page.getByText(`${bob.username} changed this item meanwhile`).waitFor()
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('My name for it')
    expect(await page.getByLabel('Description').inputValue()).toBe('New words.')
    await page.getByRole('button', { name: 'Take theirs' }).click()
    expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('His name for it')
    await page.getByRole('button', { name: 'Keep mine' }).click()
    await page.getByRole('button', { name: 'Save changes' }).click()

    await page.getByRole('heading', { name: 'My name for it' }).waitFor()
    await page.getByText('New words.').waitFor()
  })

  it('shows what an item was, and makes it that again', async () => {
    const ada = await somebody('ada')
    const word = aWord()
    const id = await createItem(ada, { name: `First ${word}`, tags: ['old'] })
    await update(ada, { id, name: `Second ${word}`, tags: ['new'] })
    const { page } = await inBrowser(ada)
    await page.goto(`${tributary.url}/items/${id}`)
    await page.getByRole('link', { name: 'History' }).click()
    await page.getByRole('button', { name: 'Show changes of version 2' }).click()
    await page.locator('ins', { hasText: 'Second' }).waitFor()

    await page.getByRole('button', { name: 'Revert to version 1' }).click()
    await page.getByRole('alertdialog').locator('ins', { hasText: 'First' }).waitFor()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revert' }).click()

    await page.getByRole('heading', { name: /^Version 3/ }).waitFor()
    await page.getByRole('link', { name: 'Back to the item' }).click()
    await page.getByRole('heading', { name: `First ${word}` }).waitFor()
    await page.getByRole('link', { name: '#old' }).waitFor()
  })

  it('keeps what is deleted in the trash, from where it comes back as it was', async () => {
    const ada = await somebody('ada')
    const name = `Umbrella ${aWord()}`
    const id = await createItem(ada, { name })
    const { page } = await inBrowser(ada)
    await page.goto(`${tributary.url}/items/${id}`)
    await page.getByRole('button', { name: 'Delete' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await page.getByText('is in the trash').first().waitFor()

    await page.getByRole('main').getByRole('link', { name: 'Trash' }).click()
    await page.getByRole('button', { name: `Restore ${name}` }).click()
    await page.getByText('The trash is empty').waitFor()
    await page.getByRole('main').getByRole('link', { name: 'My items' }).click()
    await page.getByRole('link', { name }).waitFor()
  })

  it('asks before it deletes also where the question could not be loaded at first', async () => {
    const ada = await somebody('ada')
    const id = await createItem(ada, { name: `Lantern ${aWord()}` })
    const { page } = await inBrowser(ada)
    await page.goto(`${tributary.url}/items/${id}`)
    const [share, remove] = [page.getByRole('button', { name: 'Share' }), page.getByRole('button', { name: 'Delete' })]
    await share.waitFor()

    const code = '**/assets/ConfirmDialog-*.js'
    await page.route(code, (route) => route.abort())
    await remove.click()
    await page.getByText('This could not be loaded. Check your connection and try again.', { exact: true }).waitFor()
    await page.unroute(code)
    await remove.click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Keep it' }).click()
    await share.click()
    await page.getByRole('dialog').waitFor()
  })

  it('makes one item, whatever happens to the answer', async () => {
    const ada = await somebody('ada')
    const { page } = await inBrowser(ada)
    await page.goto(`${tributary.url}/items/new`)
    const name = `Heron ${aWord()}`
    await page.getByLabel('Name').fill(name)
    // The gateway has it and answers, and the answer is lost on its way.
    await page.route('**/graphql', async (route) => {
      if (!route.request().postData()?.includes('CreateItem')) return route.fallback()
      await route.fetch()
      await route.abort()
      await page.unroute('**/graphql')
    })
    await page.getByRole('button', { name: 'Create item' }).click()
    await page.getByText('The server cannot be reached').waitFor()

    await page.getByRole('button', { name: 'Create item' }).click()
    await page.getByRole('heading', { name }).waitFor()
    await page.getByRole('navigation', { name: 'Main' }).getByRole('link', { name: 'My items' }).first().click()
    await page.getByRole('link', { name }).waitFor()
    expect(await namesOn(page)).toEqual([name])
  })

  const api = () => apiOf(tributary.url)
  const somebody = (name: string) => api().person(name)

  async function createItem(who: Person, input: object): Promise<string> {
    const { data } = await api().ask(
      'mutation ($input: CreateItemInput!) { createItem(input: $input) { item { id } } }',
      { input },
      who,
    )
    return data.createItem.item.id
  }

  async function update(who: Person, input: object): Promise<void> {
    const document = 'mutation ($input: UpdateItemInput!) { updateItem(input: $input) { item { id } } }'
    expect((await api().ask(document, { input }, who)).codes).toEqual([])
  }

  async function share(who: Person, input: object): Promise<void> {
    const document = 'mutation ($input: ShareItemInput!) { shareItem(input: $input) { share { id } } }'
    expect((await api().ask(document, { input }, who)).codes).toEqual([])
  }

  /** A browser window of somebody's own, somewhere else. An error on any of its pages fails the test. */
  async function inBrowser(who: Person | null): Promise<{ page: Page }> {
    const page = await (await browser.newContext({ extraHTTPHeaders: { 'x-forwarded-for': anAddress() } })).newPage()
    page.setDefaultTimeout(20_000)
    page.on('pageerror', (error) => {
      throw error
    })
    if (who) {
      await page.goto(`${tributary.url}/sign-in`)
      await page.getByLabel('E-mail address').fill(who.email)
      await page.getByLabel('Password').fill(PASSWORD)
      await page.getByRole('button', { name: 'Sign in' }).click()
      await page.waitForURL((url) => url.pathname === '/')
    }
    return { page }
  }
})

/** A word that stands nowhere else, of letters alone: tests share a system. */
const aWord = () =>
  randomUUID()
    .replaceAll('-', '')
    .slice(0, 12)
    .replaceAll(/\d/g, (digit) => 'ghjkmnpqrs'[Number(digit)]!)

const namesOn = (page: Page) => page.locator('main li h3').allInnerTexts()

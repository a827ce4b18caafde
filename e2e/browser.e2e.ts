// The main job as people do it, in a real browser: register, create an item, and somebody else sees it appear.
import { randomUUID } from 'node:crypto'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { PASSWORD, anAddress } from './support/api.ts'
import { describeWithChromium, launchChromium } from './support/browser.ts'
import { describeWithRedis, startRedis } from './support/redis.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

describeWithChromium('the web app, with events in one process', () => webAppPromises(async () => null))

describeWithChromium('the web app', () => {
  describeWithRedis('with events through Redis', () => webAppPromises(startRedis))
})

function webAppPromises(startBroker: () => Promise<{ url: string; stop(): Promise<void> } | null>): void {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let broker: Awaited<ReturnType<typeof startBroker>>
  let tributary: Awaited<ReturnType<typeof startLocal>>
  let browser: Browser

  beforeAll(async () => {
    folder = await temporaryFolder()
    broker = await startBroker()
    const env = { PORT: '0', DATA_DIR: folder.path, LOG_LEVEL: 'warn', TRUSTED_PROXIES: 'loopback' }
    tributary = await startLocal(localConfig({ ...env, REDIS_URL: broker?.url }), { say: () => {}, seed: false })
    browser = await launchChromium()
  })
  afterAll(async () => {
    await browser?.close()
    await tributary?.close()
    await broker?.stop()
    await folder?.remove()
  })

  it('lets a person register and create an item, which another browser sees appear without a reload', async () => {
    const [ada, reader] = [await newPerson(), await newPerson()]
    await reader.goto(tributary.url)
    await reader.getByText(/^Live/).waitFor()
    await reader.evaluate(() => ((globalThis as { hasReloaded?: boolean }).hasReloaded = false))

    const username = await register(ada)
    const name = `Brass lamp ${randomUUID().slice(0, 8)}`
    await createItem(ada, name, 'Public')

    const row = reader.getByRole('listitem').filter({ hasText: name })
    await row.waitFor({ timeout: 5_000 })
    expect(await row.innerText()).toContain(username)
    expect(await reader.evaluate(() => (globalThis as { hasReloaded?: boolean }).hasReloaded)).toBe(false)
  })

  it('shows a change and a deletion to the other browser as they happen, and never a private item', async () => {
    const [ada, reader] = [await newPerson(), await newPerson()]
    await reader.goto(tributary.url)
    await reader.getByText(/^Live/).waitFor()
    await register(ada)
    const name = `Floor lamp ${randomUUID().slice(0, 8)}`
    await createItem(ada, `Diary ${name}`, 'Private')
    await createItem(ada, name, 'Public')
    await reader.getByRole('link', { name, exact: true }).waitFor()

    await ada.getByRole('link', { name: 'Edit' }).click()
    await ada.getByLabel('Name').fill(`${name}, restored`)
    await ada.getByRole('button', { name: 'Save' }).click()
    await reader.getByRole('link', { name: `${name}, restored` }).waitFor()

    await ada.getByRole('button', { name: 'Delete' }).click()
    await ada.getByRole('alertdialog').getByRole('button', { name: 'Delete' }).click()
    await reader.getByRole('link', { name: `${name}, restored` }).waitFor({ state: 'detached' })
    expect(await reader.getByText('Diary').count()).toBe(0)
  })

  it('keeps the login over a reload, and signs out', async () => {
    const ada = await newPerson()
    await register(ada)

    await ada.goto(`${tributary.url}/mine`)
    await ada.getByRole('heading', { level: 1 }).waitFor()
    expect(await ada.getByRole('link', { name: 'Sign in' }).count()).toBe(0)

    await ada.getByRole('button', { name: /account/i }).click()
    await ada.getByRole('menuitem', { name: 'Sign out' }).click()
    await ada.getByRole('link', { name: 'Sign in' }).first().waitFor()
  })

  it('says at the field what is wrong with a registration', async () => {
    const [ada, bob] = [await newPerson(), await newPerson()]
    const username = await register(ada)

    await bob.goto(`${tributary.url}/sign-up`)
    await fillRegistration(bob, username)

    const field = bob.getByLabel('Username')
    await bob.getByText(/taken/i).waitFor()
    expect(await field.getAttribute('aria-invalid')).toBe('true')
  })

  it('says in how many seconds to try again after too many wrong passwords', async () => {
    const somebody = await newPerson()
    await somebody.goto(`${tributary.url}/sign-in`)
    await somebody.getByLabel('E-mail address').fill('ada@example.com')
    const alert = somebody.getByRole('alert')
    for (let guess = 1; guess <= 6; guess++) {
      await somebody.getByLabel('Password').fill(`guess ${guess}`)
      const answer = somebody.waitForResponse((response) => response.url().endsWith('/graphql'))
      await somebody.getByRole('button', { name: 'Sign in' }).click()
      await answer
      await alert.waitFor()
    }

    await somebody.getByText(/Try again in \d\d seconds/).waitFor()
  })

  it('opens the playground with a query that runs', async () => {
    const developer = await newPerson()
    await developer.goto(`${tributary.url}/playground`)
    const answer = developer.waitForResponse(
      (response) => response.url().endsWith('/graphql') && !response.request().postData()?.includes('__schema'),
    )

    await developer.getByRole('button', { name: /execute query/i }).click()

    expect(await (await answer).json()).toMatchObject({ data: { items: { nodes: expect.any(Array) } } })
  })

  /** A browser window of somebody's own, somewhere else. An error on any of its pages fails the test. */
  async function newPerson(): Promise<Page> {
    const page = await (await browser.newContext({ extraHTTPHeaders: { 'x-forwarded-for': anAddress() } })).newPage()
    page.setDefaultTimeout(10_000)
    page.on('pageerror', (error) => {
      throw error
    })
    return page
  }

  async function register(page: Page): Promise<string> {
    const username = `ada-${randomUUID().slice(0, 8)}`
    await page.goto(`${tributary.url}/sign-up`)
    await fillRegistration(page, username)
    await page.getByRole('button', { name: /account/i }).waitFor()
    await page.waitForURL((url) => url.pathname !== '/sign-up')
    return username
  }

  async function fillRegistration(page: Page, username: string): Promise<void> {
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('E-mail address').fill(`${randomUUID()}@example.com`)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
  }

  async function createItem(page: Page, name: string, visibility: 'Public' | 'Private'): Promise<void> {
    await page.getByRole('link', { name: 'New item' }).first().click()
    await page.getByLabel('Name').fill(name)
    await page.getByRole('radio', { name: visibility }).click()
    await page.getByRole('button', { name: 'Create item' }).click()
    await page.getByRole('heading', { name }).waitFor()
  }
}

// What people do with their accounts, in a real browser: the cookie, the mail, the tabs and the other device are real.
import { createHmac, randomUUID } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, it } from 'vitest'
import { startLocal } from '../local/index.ts'
import { localConfig } from '../platform/config.ts'
import { PASSWORD, anAddress } from './support/api.ts'
import { describeWithChromium, launchChromium } from './support/browser.ts'
import { temporaryFolder } from './support/temporary-folder.ts'

const OTHER_PASSWORD = 'ladder umbrella quietly seventeen'
const REFRESH_COOKIE = '__Host-refresh'

describeWithChromium('accounts in the web app', () => {
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

  it('opens an account, verifies its address by mail, and keeps the login over a reload', async () => {
    const { page } = await newPerson()
    const { email } = await register(page)
    await page.goto(`${tributary.url}/settings/profile`)
    await page.getByText('Your address is not verified yet').waitFor()

    await openMailedLink(page, email, '/verify-email')
    await page.getByText('Your address is verified').waitFor()
    await page.goto(`${tributary.url}/settings/profile`)
    await page.getByLabel('Username').waitFor()
    expect(await page.getByText('Your address is not verified yet').count()).toBe(0)

    await signOut(page)
    await signIn(page, email, PASSWORD)
    await page.goto(`${tributary.url}/mine`)
    await page.getByRole('heading', { name: 'My items' }).waitFor()
    expect(new URL(page.url()).pathname).toBe('/mine')
  })

  it('keeps the refresh token where no script can read it, and nothing else of worth anywhere', async () => {
    const { page, context } = await newPerson()
    await register(page)
    const cookies = await context.cookies(tributary.url)
    const cookie = cookies.find(({ name }) => name === REFRESH_COOKIE)
    expect(cookie).toMatchObject({ httpOnly: true, secure: true, sameSite: 'Strict', path: '/' })

    const readable = await page.evaluate<string>(
      'JSON.stringify({ ...localStorage, ...sessionStorage }) + document.cookie',
    )
    expect(readable).not.toContain(cookie!.value)
    expect(readable).not.toMatch(/eyJ/) // how every JWT begins
  })

  it('stays signed in when two tabs ask for a token at the same time', async () => {
    const { page, context } = await newPerson()
    await register(page)
    const other = await context.newPage()
    await other.goto(`${tributary.url}/mine`)
    await other.getByRole('button', { name: /account/i }).waitFor()

    for (let round = 0; round < 3; round++) await Promise.all([page.reload(), other.reload()])

    for (const tab of [page, other]) {
      await tab.goto(`${tributary.url}/settings/sessions`)
      await tab.getByText('This device').waitFor()
      expect(await tab.getByRole('list', { name: 'Sessions' }).getByRole('listitem').count()).toBe(1)
    }
  })

  it('signs out every tab of the browser, and no page load takes that back', async () => {
    const { page, context } = await newPerson()
    await register(page)
    const other = await context.newPage()
    await other.goto(`${tributary.url}/mine`)
    await other.getByRole('button', { name: /account/i }).waitFor()

    await signOut(page)

    await other.getByRole('link', { name: 'Sign in' }).first().waitFor()
    await other.reload()
    await other.getByRole('link', { name: 'Sign in' }).first().waitFor()
    expect((await context.cookies(tributary.url)).map(({ name }) => name)).not.toContain(REFRESH_COOKIE)
  })

  it('shows a login on another device as it happens, and signs that device out at once', async () => {
    const [{ page }, { page: elsewhere }] = [await newPerson(), await newPerson()]
    const { email } = await register(page)
    await page.goto(`${tributary.url}/settings/sessions`)
    await page.getByText('This device').waitFor()
    const sessions = page.getByRole('list', { name: 'Sessions' }).getByRole('listitem')
    expect(await sessions.count()).toBe(1)

    await signIn(elsewhere, email, PASSWORD)
    await elsewhere.getByText(/^Live/).waitFor()
    const end = page.getByRole('button', { name: /^End the session on/ })
    await end.waitFor()

    await end.click()
    await elsewhere.getByText('Your session has ended.', { exact: true }).waitFor({ timeout: 3_000 })
    await elsewhere.getByRole('link', { name: 'Sign in' }).first().waitFor()
    await end.waitFor({ state: 'detached' })
    expect(await sessions.count()).toBe(1)
  })

  it('chooses another password by mail, which ends every session', async () => {
    const [{ page }, { page: forgetful }] = [await newPerson(), await newPerson()]
    const { email } = await register(page)
    await forgetful.goto(`${tributary.url}/sign-in`)
    await forgetful.getByRole('link', { name: 'Forgot it?' }).click()
    await forgetful.getByRole('heading', { name: 'Forgot your password?' }).waitFor() // signing in asks for an address too
    await forgetful.getByLabel('E-mail address').fill(email)
    await forgetful.getByRole('button', { name: 'Send the link' }).click()
    await forgetful.getByText('Look into your mail').waitFor()

    await openMailedLink(forgetful, email, '/reset-password')
    await forgetful.getByLabel('New password').fill('password1')
    await forgetful.getByText('Guessed at once').waitFor()
    await forgetful.getByLabel('New password').fill(OTHER_PASSWORD)
    await forgetful.getByRole('button', { name: 'Change password' }).click()

    await page.getByText('Your session has ended.', { exact: true }).waitFor()
    await forgetful.getByRole('heading', { name: 'Sign in' }).waitFor()
    await fillSignIn(forgetful, email, PASSWORD)
    await forgetful.getByRole('alert').getByText(/wrong/).waitFor()
    await fillSignIn(forgetful, email, OTHER_PASSWORD)
    await forgetful.getByRole('button', { name: /account/i }).waitFor()
  })

  it('deletes an account and gives it back', async () => {
    const { page } = await newPerson()
    const { email, username } = await register(page)
    await page.goto(`${tributary.url}/settings/delete`)
    await page.getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Delete my account' }).click()
    await page.getByRole('heading', { name: 'Your account is deleted' }).waitFor()

    await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
    await fillSignIn(page, email, PASSWORD)
    await page.getByRole('button', { name: 'Restore my account' }).click()
    await page.getByRole('button', { name: `Account of ${username}` }).waitFor()
  })

  it('asks for a second factor once there is one, and takes a recovery code for it', async () => {
    const { page } = await newPerson()
    const { email } = await register(page)
    await page.goto(`${tributary.url}/settings/second-factor`)
    await page.getByLabel('Your password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Set up' }).click()
    await page.getByRole('img', { name: /^QR code/ }).waitFor()
    const secret = await page.getByText(/^[A-Z2-7 ]{16,}$/).innerText()
    await page.getByLabel('Code', { exact: true }).fill(totp(secret))
    await page.getByRole('button', { name: 'Confirm' }).click()
    const codes = await page.getByRole('region', { name: 'Your recovery codes' }).locator('pre').innerText()

    await signOut(page)
    await page.goto(`${tributary.url}/sign-in`)
    await fillSignIn(page, email, PASSWORD)
    await page.getByLabel('Code', { exact: true }).fill('nonsense')
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByText('The code is wrong').waitFor()
    await page.getByLabel('Code', { exact: true }).fill(codes.split('\n')[0]!)
    await page.getByRole('button', { name: 'Sign in' }).click()
    await page.getByRole('button', { name: /account/i }).waitFor()
  })

  it('makes an API key that works until it is revoked', async () => {
    const { page } = await newPerson()
    const { username } = await register(page)
    await page.goto(`${tributary.url}/settings/keys`)
    await page.getByRole('button', { name: 'New key' }).click()
    await page.getByLabel('Name', { exact: true }).fill('Backup')
    await page.getByLabel('items:read').check()
    await page.getByRole('button', { name: 'Create key' }).click()
    const key = await page.getByText(/^trib_\S{20,}$/).innerText()

    expect(await nameOfBearer(key)).toBe(username)
    await page.getByRole('button', { name: 'I have kept it' }).click()
    await page.getByRole('button', { name: 'Revoke Backup' }).click()
    await page.getByRole('alertdialog').getByRole('button', { name: 'Revoke' }).click()
    await page.getByText('You have no keys.').waitFor()
    await expect.poll(() => nameOfBearer(key)).toBeNull()
  })

  /** A browser of somebody's own, somewhere else. An error on any of its pages fails the test. */
  async function newPerson(): Promise<{ page: Page; context: BrowserContext }> {
    const context = await browser.newContext({ extraHTTPHeaders: { 'x-forwarded-for': anAddress() } })
    context.setDefaultTimeout(10_000)
    const page = await context.newPage()
    page.on('pageerror', (error) => {
      throw error
    })
    return { page, context }
  }

  async function register(page: Page): Promise<{ username: string; email: string }> {
    const username = `ada-${randomUUID().slice(0, 8)}`
    const email = `${username}@example.com`
    await page.goto(`${tributary.url}/sign-up`)
    await page.getByLabel('Username').fill(username)
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(PASSWORD)
    await page.getByRole('button', { name: 'Create account' }).click()
    await page.getByRole('button', { name: `Account of ${username}` }).waitFor()
    await page.waitForURL((url) => url.pathname !== '/sign-up')
    return { username, email }
  }

  async function signIn(page: Page, email: string, password: string): Promise<void> {
    await page.goto(`${tributary.url}/sign-in`)
    await fillSignIn(page, email, password)
    await page.getByRole('button', { name: /account/i }).waitFor()
  }

  async function fillSignIn(page: Page, email: string, password: string): Promise<void> {
    await page.getByLabel('E-mail address').fill(email)
    await page.getByLabel('Password').fill(password)
    await page.getByRole('button', { name: 'Sign in' }).click()
  }

  async function signOut(page: Page): Promise<void> {
    await page.getByRole('button', { name: /account/i }).click()
    await page.getByRole('menuitem', { name: 'Sign out' }).click()
    await page.getByRole('link', { name: 'Sign in' }).first().waitFor()
  }

  /** Waits for the newest mail to the address that has such a link, as the mailbox shows it, and goes there. */
  async function openMailedLink(page: Page, email: string, path: string): Promise<void> {
    const mailbox = await page.context().newPage()
    let link: string | null = null
    await expect
      .poll(
        async () => {
          await mailbox.goto(`${tributary.url}/dev/mailbox`)
          for (const mail of await mailbox.getByRole('link').filter({ hasText: email }).all()) {
            const response = await fetch(new URL((await mail.getAttribute('href'))!, tributary.url))
            link = (await response.text()).match(new RegExp(`${path}\\?token=[\\w.~-]+`))?.[0] ?? null
            if (link) return true
          }
          return false
        },
        { timeout: 10_000 },
      )
      .toBe(true)
    await mailbox.close()
    // The mail names the address that is set as PUBLIC_URL; this system has a port of its own.
    await page.goto(`${tributary.url}${link!}`)
  }

  async function nameOfBearer(key: string): Promise<string | null> {
    const response = await fetch(`${tributary.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${key}` },
      body: JSON.stringify({ query: '{ me { username } }' }),
    })
    const { data } = (await response.json()) as { data?: { me: { username: string } | null } }
    return data?.me?.username ?? null
  }
})

/** What an authenticator app shows now. @see https://www.rfc-editor.org/rfc/rfc6238 */
function totp(base32: string): string {
  const bits = [...base32.replaceAll(' ', '')]
    .map((letter) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'))
    .join('')
  const key = Buffer.from(bits.match(/.{8}/g)!.map((byte) => parseInt(byte, 2)))
  const counter = Buffer.alloc(8)
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)))
  const mac = createHmac('sha1', key).update(counter).digest()
  const number = mac.readUInt32BE(mac.at(-1)! & 0xf) & 0x7fffffff
  return String(number % 1_000_000).padStart(6, '0')
}

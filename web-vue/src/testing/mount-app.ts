// The whole app on a page, with somebody signed in or not.
import { DOMWrapper, flushPromises, mount, type VueWrapper } from '@vue/test-utils'
import { expect, vi } from 'vitest'
import App from '../App.vue'
import { useSession } from '../composables/useSession.ts'
import { useToasts } from '../composables/useToasts.ts'
import { router } from '../router.ts'
import { fakeWorker } from './fake-worker.ts'

let mounted: VueWrapper | undefined

/** What can be looked into: the app, or the whole page with the dialogs over it. */
type Page = Pick<VueWrapper, 'findAll'> & Pick<DOMWrapper<Element>, 'get'>

/** The whole page: what lies over the app is no part of it. */
export const wholePage = () => new DOMWrapper<Element>(document.body)

export async function mountApp(path: string, { token }: { token?: string } = {}) {
  if (token) useSession().start({ token, userId: 'ada', expiresInS: 3_600 })
  fakeWorker()
  await router.push(path)
  mounted = mount(App, { global: { plugins: [router] }, attachTo: document.body })
  await flushPromises()
  return mounted
}

/** Leaves nothing behind for the next test: this module's state is the whole file's. */
export async function unmountApp() {
  useSession().end('signed-out')
  mounted?.unmount()
  mounted = undefined
  const { toasts, dismiss } = useToasts()
  for (const { id } of toasts.value) dismiss(id)
  await router.push('/nowhere')
  vi.unstubAllGlobals()
  localStorage.clear()
}

/** An access token as the gateway would give it to somebody who may do this; nobody checks its signature here. */
export const tokenFor = (...scopes: string[]) => `head.${btoa(JSON.stringify({ scope: scopes.join(' ') }))}.signature`

/** What everybody has who signs up. */
export const creatorToken = tokenFor('items:read', 'items:write', 'shares:write', 'comments:write', 'profile:write')

/** Waits for what comes with an answer, or with code that is loaded on demand, which takes its time on a busy machine. */
export const until = <Result>(check: () => Result) => vi.waitFor(check, { timeout: 8_000 })

/** Types into fields found by their labels. */
export async function fill(app: Page, values: Record<string, string>) {
  for (const [label, value] of Object.entries(values)) await field(app, label).setValue(value)
}

export function field(app: Page, label: string) {
  const found = app.findAll('label').find((candidate) => candidate.text().startsWith(label))
  if (!found) throw new Error(`There is no field "${label}".`)
  return app.get<HTMLInputElement>(`[id="${found.attributes('for')}"]`)
}

/** What is said about a field: its error, then its hint. */
export function saidOf(app: Page, label: string) {
  const ids = field(app, label).attributes('aria-describedby')?.split(' ') ?? []
  return ids.map((id) => app.get(`[id="${id}"]`).text())
}

/** The names of the items on the page, from top to bottom. */
export const namesOn = (app: VueWrapper) => app.findAll('main li h3').map((name) => name.text())

export const button = (app: Page, label: string) => {
  const found = app.findAll('button').find((candidate) => candidate.text() === label)
  if (!found) throw new Error(`There is no button "${label}".`)
  return found
}

/** Says yes to the question that is asked, or is about to be. */
export async function confirm() {
  const yes = await until(() => {
    const found = document.querySelector<HTMLElement>('[role=alertdialog] :is(.button-danger, .button-primary)')
    if (!found) throw new Error('Nothing is asked.')
    return found
  })
  yes.click()
}

/** Waits for a message in the corner, or for any other text on the page. */
export const untilSaid = (text: string) => until(() => expect(document.body.textContent).toContain(text))

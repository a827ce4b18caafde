// What a person reads after `npm start`: where everything is, and how to stop it.
import { databaseVariables } from '../platform/subgraphs.ts'
import type { WebApp } from './web.ts'

const LOOPBACK = ['127.0.0.1', '::1', 'localhost']

export interface StartPage {
  /** Where the web app is, or why it is not. */
  readonly app: string
  /** The gateway's address, without a path. */
  readonly url: string
  readonly login: { readonly email: string; readonly password: string; readonly adminEmail: string } | null
  /** What was just put into empty databases. */
  readonly seeded: { readonly users: number; readonly items: number } | null
  /** Null for databases of one's own. */
  readonly dataDir: string | null
  readonly logFile: string | null
  /** Where the gateway listens. */
  readonly host: string
  readonly tookMs: number
}

export function startPage(page: StartPage): string {
  const { login, seeded, dataDir, logFile } = page
  const url = shownUrl(page.url)
  const lines: (string | null | false)[] = [
    '',
    `Tributary is running, ${(page.tookMs / 1_000).toFixed(1)} s after its start.`,
    '',
    entry('App', page.app),
    entry('GraphQL', `${url}/graphql`),
    entry('Playground', `${url}/playground`),
    login && entry('Log in as', `${login.email}, password ${login.password}`),
    login && entry('', `${login.adminEmail} is an admin, with the same password.`),
    login && !LOOPBACK.includes(page.host) && entry('', 'Other machines reach it too, and this password is no secret.'),
    '',
    entry('Data', dataDir ?? `in the databases of ${databaseVariables}`),
    seeded && entry('', `It was empty: ${seeded.users} people and ${seeded.items} items were put in.`),
    logFile && entry('Log', logFile),
    entry('Stop', dataDir ? 'Ctrl-C. The data stay; "npm run clean" removes them.' : 'Ctrl-C'),
    '',
  ]
  return lines.filter((line) => typeof line === 'string').join('\n')
}

/** What to say of the web app that the gateway serves; null where it is not to. */
export function appLine(webApp: WebApp | null, url: string): string {
  switch (webApp) {
    case 'ready':
      return shownUrl(url)
    case 'outdated':
      return `${shownUrl(url)} (an older build: building the present one failed, see the log)`
    case 'failed':
      return 'not served: building it failed, see the log'
    case 'not installed':
      return 'not served: it was never built, and Vite, which builds it, is not installed'
    case null:
      return 'not served'
  }
}

// A name that people know; the address is the same.
const shownUrl = (url: string) => url.replace('//127.0.0.1:', '//localhost:')

const entry = (name: string, value: string) => `  ${name.padEnd(12)}${value}`

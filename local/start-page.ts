// What a person reads after `npm start`: where everything is, and how to stop it.
import type { WebApp } from './web.ts'

export interface StartPage {
  /** The gateway's address, without a path. */
  readonly url: string
  /** Null where it was not asked for. */
  readonly webApp: WebApp | null
  readonly login: { readonly email: string; readonly password: string } | null
  /** What was just put into empty databases. */
  readonly seeded: { readonly users: number; readonly items: number } | null
  /** Null for databases of one's own. */
  readonly dataDir: string | null
  readonly logFile: string | null
  readonly tookMs: number
}

export function startPage(page: StartPage): string {
  const { login, seeded, dataDir, logFile } = page
  // A name that people and browsers know; the address is the same.
  const url = page.url.replace('//127.0.0.1:', '//localhost:')
  const lines: (string | null)[] = [
    '',
    `Tributary is running, ${(page.tookMs / 1_000).toFixed(1)} s after its start.`,
    '',
    entry('App', appLine(page.webApp, url)),
    entry('GraphQL', `${url}/graphql`),
    entry('Playground', `${url}/playground`),
    login && entry('Log in as', `${login.email}, password ${login.password}`),
    '',
    entry('Data', dataDir ?? 'in the databases of USERS_DATABASE_URL and ITEMS_DATABASE_URL'),
    seeded && entry('', `It was empty: ${seeded.users} people and ${seeded.items} items were put in.`),
    logFile && entry('Log', logFile),
    entry('Stop', dataDir ? 'Ctrl-C. The data stay; "npm run clean" removes them.' : 'Ctrl-C'),
    '',
  ]
  return lines.filter((line) => line !== null).join('\n')
}

const entry = (name: string, value: string) => `  ${name.padEnd(12)}${value}`

function appLine(webApp: WebApp | null, url: string): string {
  switch (webApp) {
    case 'ready':
      return url
    case 'outdated':
      return `${url} (an older build: building the present one failed, see the log)`
    case 'failed':
      return 'not served: building it failed, see the log'
    case 'not installed':
      return 'not served: it was never built, and Vite, which builds it, is not installed'
    case null:
      return 'not served'
  }
}

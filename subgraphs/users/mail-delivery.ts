// The way that mail takes: to an SMTP server or, where none is set, into the table `mailbox`.
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { UsersConfig } from '../../platform/config.ts'
import type { Log } from '../../platform/log.ts'
import { mailbox } from '../../drizzle/users/tables.ts'
import type { MailKind } from './mail-queue.ts'
import type { Mail } from './mail-templates.ts'

/** Mail that could not be delivered. Its message holds neither address nor text: servers like to repeat both. */
export class DeliveryError extends Error {
  readonly code: string

  constructor(code: string) {
    super(`The mail could not be delivered: ${code}`)
    this.name = 'DeliveryError'
    this.code = code
  }
}

export interface Delivery {
  /** @throws DeliveryError with the server's code */
  deliver(kind: MailKind, recipient: string, mail: Mail): Promise<void>
  close(): void
}

const SMTP_TIMEOUT_MS = 10_000

export function smtpDelivery({ smtpUrl, mailFrom }: { smtpUrl: string; mailFrom: string }): Delivery {
  // Loaded with the first mail.
  let opened: Promise<{ send(recipient: string, mail: Mail): Promise<unknown>; close(): void }> | undefined

  async function open() {
    const { createTransport } = await import('nodemailer')
    const transport = createTransport({
      url: smtpUrl,
      pool: true,
      connectionTimeout: SMTP_TIMEOUT_MS,
      greetingTimeout: SMTP_TIMEOUT_MS,
      socketTimeout: SMTP_TIMEOUT_MS,
    } as object)
    return {
      send: (to: string, mail: Mail) => transport.sendMail({ from: mailFrom, to, ...mail }),
      close: () => transport.close(),
    }
  }

  return {
    async deliver(_kind, recipient, mail) {
      try {
        await (await (opened ??= open())).send(recipient, mail)
      } catch (error) {
        const { responseCode, code } = error as { responseCode?: number; code?: string }
        throw new DeliveryError([code, responseCode].filter(Boolean).join(' ') || 'UNKNOWN')
      }
    },
    close: () => void opened?.then(({ close }) => close()),
  }
}

export function mailboxDelivery(
  db: PostgresJsDatabase,
  { devPages }: Pick<UsersConfig, 'devPages'>,
  log: Log,
): Delivery {
  return {
    async deliver(kind, recipient, mail) {
      const [kept] = await db
        .insert(mailbox)
        .values({ recipient, ...mail })
        .returning({ id: mailbox.id })
      const path = `/dev/mailbox/${kept!.id}`
      if (devPages) log.info({ kind, path }, 'a mail waits in the mailbox')
      else log.warn({ kind, id: kept!.id }, 'a mail was kept and not sent: SMTP_URL is not set')
    },
    close: () => {},
  }
}

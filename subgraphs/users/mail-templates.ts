// What mails say, as text and as HTML made of the same paragraphs.
import type { MailKind } from './mail-queue.ts'
import { MAIL_TOKEN_LIFETIME_H } from './mail-tokens.ts'

export interface Mail {
  readonly subject: string
  readonly text: string
  readonly html: string
}

export interface MailFacts {
  readonly username: string
  /** Of the web app, without a slash at its end. */
  readonly publicUrl: string
  /** In links of mails that prove something; an empty text in others. */
  readonly token: string
}

interface Letter {
  readonly subject: string
  readonly before: readonly string[]
  readonly link: { readonly label: string; readonly path: string }
  readonly after: readonly string[]
}

const letters: Readonly<Record<MailKind, (username: string) => Letter>> = {
  VERIFY_EMAIL: (username) => ({
    subject: 'Please confirm your e-mail address',
    before: [`Hello ${username},`, 'welcome to Tributary. Please confirm that this is your e-mail address:'],
    link: { label: 'Confirm the address', path: '/verify-email' },
    after: [
      `The link is good for ${MAIL_TOKEN_LIFETIME_H.VERIFY_EMAIL} hours, once. You can ask for another one at any time.`,
      'If you did not open an account, somebody mistyped an address. There is nothing you need to do.',
    ],
  }),
  RESET_PASSWORD: (username) => ({
    subject: 'Choose a new password',
    before: [`Hello ${username},`, 'somebody, we hope you, asked to choose a new password for your account:'],
    link: { label: 'Choose a new password', path: '/reset-password' },
    after: [
      'The link is good for one hour, once. When the password is changed, every device is logged out.',
      'If you did not ask for it, you can ignore this mail: your password stays as it is.',
    ],
  }),
  REFRESH_TOKEN_REUSED: (username) => ({
    subject: 'We ended one of your sessions',
    before: [
      `Hello ${username},`,
      'a key of one of your sessions was used twice. That can mean that somebody copied it, so we ended that session. Your other devices stay logged in.',
      'If you did not notice anything odd, logging in again is enough. To be safe, look at your sessions and choose a new password:',
    ],
    link: { label: 'Look at your sessions', path: '/settings/sessions' },
    after: [],
  }),
}

export function writeMail(kind: MailKind, { username, publicUrl, token }: MailFacts): Mail {
  const { subject, before, link, after } = letters[kind](username)
  const url = `${publicUrl}${link.path}${token && `?token=${encodeURIComponent(token)}`}`
  const end = 'Tributary'
  return {
    subject,
    text: [...before, url, ...after, end].join('\n\n') + '\n',
    html: page(subject, [
      ...before.map(paragraph),
      `<p><a href="${escapeHtml(url)}" style="display:inline-block;padding:10px 18px;border-radius:6px;background:#1d4ed8;color:#ffffff;text-decoration:none">${escapeHtml(link.label)}</a></p>`,
      `<p style="font-size:13px;color:#6b7280;word-break:break-all">${escapeHtml(url)}</p>`,
      ...after.map(paragraph),
      `<p style="color:#6b7280">${end}</p>`,
    ]),
  }
}

/** What a person wrote, as text of HTML. */
export function escapeHtml(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`)
}

const paragraph = (text: string) => `<p>${escapeHtml(text)}</p>`

// Styles stand in attributes: many mail programs read no others.
const page = (title: string, body: readonly string[]) => `<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><title>${escapeHtml(title)}</title></head>
<body style="margin:0;padding:24px;font-family:system-ui,sans-serif;font-size:15px;line-height:1.5">
<div style="max-width:520px;margin:0 auto">
${body.join('\n')}
</div>
</body>
</html>
`

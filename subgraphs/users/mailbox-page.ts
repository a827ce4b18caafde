// `/dev/mailbox`: mail that went nowhere, for whoever develops. Never served in production.
import { desc, eq } from 'drizzle-orm'
import type { PostgresJsDatabase } from 'drizzle-orm/postgres-js'
import type { FastifyInstance, FastifyReply } from 'fastify'
import { mailbox } from '../../drizzle/users/tables.ts'
import { isUuid } from '../../platform/input.ts'
import { escapeHtml } from './mail-templates.ts'

const LISTED_MAX = 100
/** No script runs, whatever a mail holds, and nothing is fetched. */
const SECURITY_POLICY =
  "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; base-uri 'none'; form-action 'none'"

/** @returns what adds the pages */
export function mailboxPages(db: PostgresJsDatabase) {
  return (routes: FastifyInstance): void => {
    routes.get('/dev/mailbox', async (_request, reply) => {
      const mails = await db.select().from(mailbox).orderBy(desc(mailbox.createdAt), desc(mailbox.id)).limit(LISTED_MAX)
      const rows = mails.map(
        ({ id, recipient, subject, createdAt }) =>
          `<li><a href="/dev/mailbox/${id}"><strong>${escapeHtml(subject)}</strong><span>${escapeHtml(recipient)}</span>${time(createdAt)}</a></li>`,
      )
      return html(reply, 'Mailbox', rows.length > 0 ? `<ul>${rows.join('')}</ul>` : '<p>No mail yet.</p>')
    })

    routes.get<{ Params: { readonly id: string } }>('/dev/mailbox/:id', async ({ params: { id } }, reply) => {
      const [mail] = isUuid(id) ? await db.select().from(mailbox).where(eq(mailbox.id, id)) : []
      if (!mail) return html(reply.code(404), 'No such mail', '<p><a href="/dev/mailbox">All mail</a></p>')
      const body = [
        `<p><a href="/dev/mailbox">All mail</a></p>`,
        `<p>To ${escapeHtml(mail.recipient)}, ${time(mail.createdAt)}</p>`,
        `<pre>${withLinks(mail.text)}</pre>`,
        // As mail programs show it: apart from the page, and with nothing allowed.
        `<h2>As HTML</h2><iframe sandbox="allow-popups" title="The mail as HTML" srcdoc="${escapeHtml(mail.html)}"></iframe>`,
      ]
      return html(reply, mail.subject, body.join(''))
    })
  }
}

const time = (at: Date) => `<time>${at.toISOString().slice(0, 19).replace('T', ' ')} UTC</time>`

const withLinks = (text: string) =>
  escapeHtml(text).replaceAll(/https?:\/\/[^\s<]+/g, (url) => `<a href="${url}">${url}</a>`)

function html(reply: FastifyReply, title: string, body: string): FastifyReply {
  return reply
    .type('text/html; charset=utf-8')
    .header('content-security-policy', SECURITY_POLICY)
    .header('cache-control', 'no-store').send(`<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escapeHtml(title)}</title>
<style>
:root { color-scheme: light dark }
body { max-width: 44rem; margin: 2rem auto; padding: 0 1rem; font: 1rem/1.5 system-ui, sans-serif }
a { color: LinkText }
ul { list-style: none; padding: 0 }
li a { display: grid; grid-template-columns: 1fr auto; column-gap: 1rem; padding: .75rem 0; border-top: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); color: inherit; text-decoration: none }
li strong { grid-column: 1 / -1 }
li span, time { opacity: .7 }
li span { overflow-wrap: anywhere }
time { white-space: nowrap }
pre { white-space: pre-wrap; overflow-wrap: anywhere; padding: 1rem; border-radius: .5rem; background: color-mix(in srgb, CanvasText 7%, Canvas) }
iframe { width: 100%; height: 30rem; border: 1px solid color-mix(in srgb, CanvasText 20%, Canvas); border-radius: .5rem; background: #fff }
</style></head>
<body><h1>${escapeHtml(title)}</h1>${body}</body>
</html>
`)
}

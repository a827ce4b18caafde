// Pages that a subgraph has for developers, as a mailbox of what would have been mailed: passed on as they are, without an
// identity and without cookies. In production there are none: the settings see to it.
import type { FastifyInstance } from 'fastify'
import { request as send } from 'undici'
import type { Log } from '../platform/log.ts'

const PATH = '/dev/'
const BODY_BYTES_MAX = 64 * 1024
const TIMEOUT_MS = 10_000

/** What a page needs of its request, and a browser of its answer. */
const REQUEST_HEADERS = ['accept', 'content-type']
const ANSWER_HEADERS = ['cache-control', 'content-security-policy', 'content-type', 'location']

/** @param options.url where the subgraph takes operations: its pages stand beside */
export function devPages(server: FastifyInstance, options: { readonly url: () => string; readonly log: Log }): void {
  const { url, log } = options
  // Whatever a form sends.
  server.removeAllContentTypeParsers()
  server.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body))

  server.route({
    method: ['GET', 'POST'],
    url: `${PATH}*`,
    bodyLimit: BODY_BYTES_MAX,
    handler: async (request, reply) => {
      const target = new URL(request.url, url())
      // A path with dots in it may lead elsewhere.
      if (target.origin !== new URL(url()).origin || !target.pathname.startsWith(PATH)) return reply.callNotFound()
      try {
        const answer = await send(target, {
          method: request.method as 'GET' | 'POST',
          headers: only(REQUEST_HEADERS, request.headers),
          ...(request.body instanceof Buffer && { body: request.body }),
          signal: AbortSignal.timeout(TIMEOUT_MS),
        })
        const page = Buffer.from(await answer.body.arrayBuffer())
        return reply.status(answer.statusCode).headers(only(ANSWER_HEADERS, answer.headers)).send(page)
      } catch (error) {
        log.warn({ err: error, requestId: request.id }, 'a page for developers could not be had')
        const failure = {
          message: 'The page cannot be had at the moment.',
          extensions: { code: 'SUBGRAPH_UNAVAILABLE' },
        }
        return reply.status(503).send({ errors: [failure] })
      }
    },
  })
}

function only(names: readonly string[], headers: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    names.flatMap((name) => (typeof headers[name] === 'string' ? [[name, headers[name]] as const] : [])),
  )
}

// Our own executor behind nothing but node:http: what Fastify, Apollo Server, identity and logs cost is the difference.
import { createServer } from 'node:http'
import { openRateCounters } from '../../gateway/rate-limits/counters.ts'
import { openSupergraph } from '../../gateway/supergraph.ts'
import { ANONYMOUS } from '../../platform/identity.ts'
import { makeLog } from '../../platform/log.ts'

interface GraphQLRequest {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

if (import.meta.main) {
  const log = makeLog('bare', 'warn')
  const supergraph = await openSupergraph({
    file: process.env['SUPERGRAPH']!,
    subgraphUrls: {},
    subscriptionUrls: {},
    sign: null,
    sessionsFrom: null,
    cookieTo: null,
    operations: { introspection: false },
    rateCounters: await openRateCounters({ redisUrl: null, log }),
    log,
  })
  const context = { requestId: 'bare', identity: ANONYMOUS, clientAddress: null }

  async function answer(body: string): Promise<string> {
    const { admit, fetches } = supergraph.current
    const { query, variables } = JSON.parse(body) as GraphQLRequest
    const admitted = await admit({ query, variables }, context)
    const { data, errors } = await admitted.run(fetches(context))
    return errors.length === 0 ? `{"data":${data}}` : `{"errors":${JSON.stringify(errors)},"data":${data}}`
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const text = Buffer.from(await answer(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text)
    })
  })
  process.once('SIGTERM', () => process.exit()) // in order, so that a profile is written
  server.listen(Number(process.env['PORT']), '127.0.0.1')
}

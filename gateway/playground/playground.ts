// GraphiQL, served from the packages that are installed: it needs no network besides this gateway.
import { createReadStream } from 'node:fs'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { FastifyInstance } from 'fastify'

const require = createRequire(import.meta.url)
const packageFile = (name: string, path: string) => join(dirname(require.resolve(`${name}/package.json`)), path)

const assets: Readonly<Record<string, { file: string; type: string }>> = {
  'react.js': { file: packageFile('react', 'umd/react.production.min.js'), type: 'text/javascript' },
  'react-dom.js': { file: packageFile('react-dom', 'umd/react-dom.production.min.js'), type: 'text/javascript' },
  'graphiql.js': { file: packageFile('graphiql', 'graphiql.min.js'), type: 'text/javascript' },
  'graphiql.css': { file: packageFile('graphiql', 'graphiql.min.css'), type: 'text/css' },
  'start.js': { file: fileURLToPath(new URL('start.js', import.meta.url)), type: 'text/javascript' },
}

const page = `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width" />
    <title>Playground</title>
    <link rel="icon" href="data:," />
    <link rel="stylesheet" href="/playground/graphiql.css" />
    <style>
      body { margin: 0; }
      #playground { height: 100dvh; }
    </style>
  </head>
  <body>
    <div id="playground">Loading …</div>
    <script src="/playground/react.js"></script>
    <script src="/playground/react-dom.js"></script>
    <script src="/playground/graphiql.js"></script>
    <script type="module" src="/playground/start.js"></script>
  </body>
</html>
`

/** @param openingQuery what the editor holds for somebody who comes for the first time */
export function playgroundRoutes(server: FastifyInstance, openingQuery: string): void {
  server.get('/playground', async (_request, reply) => reply.type('text/html; charset=utf-8').send(page))
  server.get('/playground/query.json', async () => ({ query: openingQuery }))
  server.get<{ Params: { asset: string } }>('/playground/:asset', async ({ params }, reply) => {
    const asset = Object.hasOwn(assets, params.asset) ? assets[params.asset] : undefined
    if (!asset) return reply.callNotFound()
    return reply
      .type(`${asset.type}; charset=utf-8`)
      .header('cache-control', 'public, max-age=3600')
      .send(createReadStream(asset.file))
  })
}

// PostGraphile as its documentation has it run as a library, on the tables of both subgraphs in one database.
import { createServer } from 'node:http'
import { postgraphile } from 'postgraphile'
import { makePgService } from 'postgraphile/adaptors/pg'
import { grafserv } from 'postgraphile/grafserv/node'
import { PostGraphileAmberPreset } from 'postgraphile/presets/amber'

const { DATABASE_URL, DATABASE_CONNECTIONS, PORT } = process.env

const serv = postgraphile({
  extends: [PostGraphileAmberPreset],
  pgServices: [
    makePgService({
      connectionString: DATABASE_URL,
      poolConfig: { max: Number(DATABASE_CONNECTIONS) },
      schemas: ['items', 'users'],
    }),
  ],
  // It would not order and filter by columns of partial indexes otherwise, which ours are.
  disablePlugins: ['PgIndexBehaviorsPlugin'],
  grafast: { explain: false },
  grafserv: { graphiql: false, watch: false },
}).createServ(grafserv)

const server = createServer()
await serv.addTo(server)
server.listen(Number(PORT), '127.0.0.1')

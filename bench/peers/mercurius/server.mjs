// Mercurius' gateway with its compiler on. It takes no composed supergraph: it asks the subgraphs for their SDL.
import mercuriusGateway from '@mercuriusjs/gateway'
import { fastify } from 'fastify'

const server = fastify()
server.register(mercuriusGateway, {
  jit: 1,
  gateway: {
    services: [
      { name: 'users', url: process.env.USERS_URL },
      { name: 'items', url: process.env.ITEMS_URL },
    ],
  },
})
await server.listen({ host: '127.0.0.1', port: Number(process.env.PORT) })

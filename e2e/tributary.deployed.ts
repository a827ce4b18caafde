// The promises, kept by a system that somebody else started, for instance `docker compose up`: TRIBUTARY_URL says where.
// Its gateway has to trust this machine as a proxy, as with `TRUSTED_PROXIES=uniquelocal` across Docker's bridge: tests say
// themselves where a request comes from.
import { tributaryPromises } from './promises.ts'

tributaryPromises(async () => {
  const url = process.env['TRIBUTARY_URL']
  if (!url) throw new Error('TRIBUTARY_URL is missing: the address of a running gateway, as http://localhost:4000')
  return { url: url.replace(/\/$/, ''), close: async () => {} }
})

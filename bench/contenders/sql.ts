// The least that could answer: one endpoint, one statement by hand, a join over both subgraphs' tables in one database.
import { createServer } from 'node:http'
import postgres from 'postgres'

interface PageRequest {
  readonly query: 'small' | 'large'
  readonly first: number
  /** The last item of the page before: when it was created, and its id. */
  readonly after: readonly [createdAt: string, id: string] | null
}

if (import.meta.main) {
  const { DATABASE_URL, DATABASE_CONNECTIONS, PORT } = process.env
  const sql = postgres(DATABASE_URL!, { max: Number(DATABASE_CONNECTIONS) })

  async function answer(body: string): Promise<string> {
    const { query, first, after } = JSON.parse(body) as PageRequest
    const [createdAt, id] = after ?? ['infinity', 'ffffffff-ffff-ffff-ffff-ffffffffffff']
    const rows = await sql`
      select items.id, items.name, items.status, items.created_at, users.id as owner_id, users.username
      from items.items left join users.users on users.id = items.owner_id
      where items.deleted_at is null and items.visibility = 'PUBLIC'
        and (items.created_at, items.id) < (${createdAt}::text::timestamptz, ${id}::uuid)
      order by items.created_at desc, items.id desc
      limit ${first}
    `
    const nodes =
      query === 'small'
        ? rows.map(({ id, name, username }) => ({ id, name, owner: { username } }))
        : rows.map(({ id, name, status, created_at: createdAt, owner_id: ownerId, username }) => ({
            id,
            name,
            status,
            createdAt,
            owner: { id: ownerId, username },
          }))
    return JSON.stringify({ data: { items: { nodes } } })
  }

  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', async () => {
      const text = Buffer.from(await answer(Buffer.concat(chunks).toString()))
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length }).end(text)
    })
  })
  server.listen(Number(PORT), '127.0.0.1')
}

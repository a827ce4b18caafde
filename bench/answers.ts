// Before anything is measured: do all contenders answer the same? What differs is not worth comparing.
import { readFileSync } from 'node:fs'
import { isDeepStrictEqual } from 'node:util'
import { request } from 'undici'
import type { LoadRequest } from './load.ts'

export const queries = ['small', 'large'] as const

export type QueryName = (typeof queries)[number]

/** @param name of a query, or where it stands in words of another server's */
export const queryText = (name: string) => readFileSync(new URL(`queries/${name}.graphql`, import.meta.url), 'utf8')

/** How many items each query asks for. */
const ITEMS: Readonly<Record<QueryName, number>> = { small: 3, large: 100 }

export interface Asked {
  readonly name: string
  readonly url: string
  /** What it is sent for the page of this number, in its own words. */
  body(query: QueryName, page: number): string
}

/**
 * Asks everybody for every page.
 *
 * @returns by contender, a request for each page and how long its answer is
 * @throws Error that shows both when two answers differ, and when an answer is not that of a page
 */
export async function compareAnswers(
  contenders: readonly Asked[],
  query: QueryName,
  pages: number,
): Promise<Map<string, LoadRequest[]>> {
  const requests = new Map<string, LoadRequest[]>(contenders.map(({ name }) => [name, []]))
  const seen = new Set<string>()
  for (let page = 0; page < pages; page += 1) {
    const answers = await Promise.all(contenders.map((contender) => ask(contender, contender.body(query, page))))
    const [first] = answers
    for (const [index, { name, body, text, data }] of answers.entries()) {
      if (!isDeepStrictEqual(data, first!.data)) {
        throw new Error(`${name} answers otherwise than ${contenders[0]!.name}:\n${text}\n${first!.text}`)
      }
      requests.get(contenders[index]!.name)!.push({ body, bytes: Buffer.byteLength(text) })
    }
    const nodes = first!.data?.items?.nodes
    if (nodes?.length !== ITEMS[query]) throw new Error(`This is no page of ${ITEMS[query]} items: ${first!.text}`)
    seen.add(JSON.stringify(nodes))
  }
  if (seen.size < pages) throw new Error('Some pages are equal: requests for them would not be distinct.')
  return requests
}

interface PageData {
  readonly items?: { readonly nodes?: readonly unknown[] }
}

async function ask({ name, url }: Asked, body: string) {
  const headers = { 'content-type': 'application/json', accept: 'application/json' }
  const response = await request(url, { method: 'POST', headers, body })
  const text = await response.body.text()
  if (response.statusCode !== 200) throw new Error(`${name} answers with ${response.statusCode}: ${text}`)
  const { data, errors } = JSON.parse(text, sameTime) as { data?: PageData; errors?: unknown }
  if (errors !== undefined) throw new Error(`${name} answers with errors: ${text}`)
  return { name, body, text, data }
}

// A moment can be written in many ways that all are ISO 8601.
function sameTime(key: string, value: unknown): unknown {
  return key === 'createdAt' ? new Date(String(value)).toISOString() : value
}

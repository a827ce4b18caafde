// The subgraphs of this system, by name: whatever there is one of for each is made from this list. Each has a server, a
// database of its name, an SDL file in schema/ and its tables in drizzle/.

export const subgraphNames = ['users', 'items'] as const

export type SubgraphName = (typeof subgraphNames)[number]

/** One of something for each subgraph. */
export type PerSubgraph<Value> = Readonly<Record<SubgraphName, Value>>

export function perSubgraph<Value>(make: (name: SubgraphName) => Value): PerSubgraph<Value> {
  return Object.fromEntries(subgraphNames.map((name) => [name, make(name)])) as Record<SubgraphName, Value>
}

export type DatabaseVariable = `${Uppercase<SubgraphName>}_DATABASE_URL`

/** The setting that holds the address of a subgraph's database. */
export function databaseVariable(name: SubgraphName): DatabaseVariable {
  return `${name.toUpperCase() as Uppercase<SubgraphName>}_DATABASE_URL`
}

/** All of them, as a sentence names them. */
export const databaseVariables = new Intl.ListFormat('en').format(subgraphNames.map(databaseVariable))

// What `npm run bench -- …` is told.
import { parseArgs } from 'node:util'
import { queries } from './answers.ts'
import type { QueryName } from './answers.ts'

export const parts = ['start', 'one-request', 'gateway', 'end-to-end', 'subscriptions', 'logins'] as const

export type Part = (typeof parts)[number]

export interface BenchArguments {
  readonly parts: readonly Part[]
  /** With the one that warms up. */
  readonly rounds: number
  /** How long each contender has the machine to itself, in each round and scenario. */
  readonly turnMs: number
  readonly queries: readonly QueryName[]
  /** Names of contenders; null for all. */
  readonly only: readonly string[] | null
  /** Whose CPU profile is wanted, in place of figures. */
  readonly profile: string | null
  readonly isQuick: boolean
  /** Whether the figures may stand for the whole: nothing was left out or cut short. */
  readonly isWhole: boolean
}

export class ArgumentError extends Error {}

const USAGE = `npm run bench -- [${parts.join('] [')}] [options]
  --quick             short rounds, for a look: all parts in four minutes
  --rounds <n>        rounds, the first of which warms up (default 6, quick 3)
  --seconds <n>       of each contender's turn (default 2, quick 1)
  --query <name>      ${queries.join(' or ')} alone
  --only <a,b>        some contenders alone, by name, and ours
  --profile <name>    a CPU profile, in place of figures: of ours or bare beside recorded subgraphs, of gateway, users or
                      items end to end`

/** @throws ArgumentError that says what there is */
export function readArguments(args: readonly string[]): BenchArguments {
  const { values, positionals } = parse(args)
  const isQuick = values.quick ?? false
  const { rounds, seconds } = values
  return {
    parts: positionals.length > 0 ? positionals.map((given) => oneOf(parts, given)) : parts,
    rounds: rounds === undefined ? (isQuick ? 3 : 6) : atLeast(2, rounds),
    turnMs: seconds === undefined ? (isQuick ? 1_000 : 2_000) : atLeast(0.1, seconds) * 1_000,
    queries: values.query === undefined ? queries : [oneOf(queries, values.query)],
    only: values.only?.split(',') ?? null,
    profile: values.profile ?? null,
    isQuick,
    isWhole:
      !isQuick && [rounds, seconds, values.query, values.only, values.profile].every((each) => each === undefined),
  }
}

function parse(args: readonly string[]) {
  const text = { type: 'string' } as const
  const options = {
    quick: { type: 'boolean' },
    rounds: text,
    seconds: text,
    query: text,
    only: text,
    profile: text,
  } as const
  try {
    return parseArgs({ args: [...args], options, allowPositionals: true })
  } catch (error) {
    throw new ArgumentError(`${(error as Error).message}\n\n${USAGE}`)
  }
}

function oneOf<Name extends string>(names: readonly Name[], given: string): Name {
  const found = names.find((name) => name === given)
  if (!found) throw new ArgumentError(`There is no ${given}.\n\n${USAGE}`)
  return found
}

function atLeast(min: number, given: string): number {
  const value = Number(given)
  if (!(value >= min)) throw new ArgumentError(`${given} is not a number of at least ${min}.\n\n${USAGE}`)
  return value
}

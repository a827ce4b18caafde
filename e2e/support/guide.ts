// A page of docs/ that somebody follows: which files it has them write and which commands it has them run, in its order.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

/** What a code block has its reader do. */
export type Step =
  | FileStep
  /** Commands of a shell. */
  | { readonly kind: 'run'; readonly commands: readonly string[] }
  /** A GraphQL operation to be sent. */
  | { readonly kind: 'ask'; readonly operation: string }

/** The line before the block says which file it is about, and ends so. */
export interface FileStep {
  readonly kind: 'create' | 'change' | 'extend'
  readonly path: string
  readonly text: string
}

const sentences = [
  { kind: 'create', form: /\bCreate `([^`]+)`:$/ },
  { kind: 'change', form: /\bChange `([^`]+)`(, [^`]*)?:$/ },
  { kind: 'extend', form: /\bAdd to the end of `([^`]+)`:$/ },
] as const

/** @throws Error for a block of which the page does not say what to do with it */
export function readSteps(page: string): Step[] {
  const blocks = page.matchAll(/^(?<before>.+)\n\n```(?<language>\w*)\n(?<text>[^]*?)^```$/gm)
  const steps = Array.from(blocks, ({ groups }): Step => {
    const { before, language, text } = groups as { before: string; language: string; text: string }
    for (const { kind, form } of sentences) {
      const path = form.exec(before)?.[1]
      if (path) return { kind, path, text }
    }
    if (language === 'sh') return { kind: 'run', commands: text.trim().split('\n') }
    if (language === 'graphql') return { kind: 'ask', operation: text }
    throw new Error(`The page does not say what to do with this:\n${text}`)
  })
  if (steps.length !== page.match(/^```\w+$/gm)?.length)
    throw new Error('A block of the page has no sentence before it.')
  return steps
}

/** @throws Error when the file is not as the page takes it to be */
export function writeStep(folder: string, { kind, path, text }: FileStep): void {
  const file = join(folder, path)
  if (kind === 'create') {
    if (existsSync(file)) throw new Error(`${path} is there already.`)
    mkdirSync(dirname(file), { recursive: true })
    return writeFileSync(file, text)
  }
  const before = readFileSync(file, 'utf8')
  writeFileSync(file, kind === 'extend' ? `${before.trimEnd()}\n\n${text}` : changed(path, before, text))
}

// As `patch` reads it, without line numbers: lines that stay, go and come.
function changed(path: string, before: string, diff: string): string {
  const lines = diff.trimEnd().split('\n')
  const side = (without: string) =>
    lines.flatMap((line) => (line.startsWith(without) ? [] : [`${line.slice(1)}\n`])).join('')
  const [old, changed] = [side('+'), side('-')]
  const [start, ...rest] = `\n${before}`.split(`\n${old}`)
  if (rest.length !== 1) throw new Error(`${path} has this ${rest.length} times and not once:\n${old}`)
  return `${start}\n${changed}${rest[0]}`.slice(1)
}

// What is searched for. What the words of a search mean is said by Postgres: `websearch_to_tsquery`.

/** From 0 to 1, how much of what is searched for must be in a name for it to look alike: a slip or two in a short word. */
export const LIKENESS_MIN = 0.5

/**
 * The same search without what means nothing in it. Postgres takes no more than 32 signs in a row that have no word, and
 * reads `- - -` as such.
 */
export function withoutNoise(search: string): string {
  return search.replace(/[!&|()]/g, ' ').replace(/-(?![\p{L}\p{N}"])/gu, ' ')
}

/** How many words and quotes a search excludes. */
export const exclusionsIn = (search: string) => search.match(/(?<![\p{L}\p{N}])-/gu)?.length ?? 0

/**
 * Whether the last word of a search is one that is being typed, so that it may be the beginning of a word: one that is
 * neither excluded nor quoted, with nothing after it.
 */
export function isStillTyped(search: string): boolean {
  const lastWord = /\S+$/.exec(search)?.[0] ?? ''
  const isQuoted = search.split('"').length % 2 === 0
  return /^[^-"].*$/u.test(lastWord) && /[\p{L}\p{N}]$/u.test(lastWord) && !/^or$/i.test(lastWord) && !isQuoted
}

// What Postgres puts around the words that it found, and what stands for a `<`. Texts that are shown hold neither.
export const MATCH_START = '\u0001'
export const MATCH_END = '\u0002'
export const TAG_START = '\u0003'

export interface TextPart {
  readonly text: string
  readonly isMatch: boolean
}

/** Takes a text with marks apart. */
export function partsOf(marked: string): TextPart[] {
  return marked
    .replaceAll(TAG_START, '<')
    .split(MATCH_START)
    .flatMap((piece, place) => {
      const end = place === 0 ? 0 : piece.indexOf(MATCH_END)
      return [
        { text: piece.slice(0, end), isMatch: true },
        { text: piece.slice(place === 0 ? 0 : end + 1), isMatch: false },
      ]
    })
    .filter(({ text }) => text !== '')
}

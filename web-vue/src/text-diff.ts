// What is different between two texts, word by word. Loaded only where that is shown.
import { diffWordsWithSpace } from 'diff'

export interface DiffPart {
  readonly text: string
  readonly kind: 'same' | 'added' | 'removed'
}

/** Texts that share little would take long to compare, and the result would help nobody. */
const LONGEST_MS = 500
/** Characters of what is the same that are left around a difference. */
const AROUND = 120

/** The parts of both texts in their order. Of long stretches that are the same, the middle is left out. */
export function diffTexts(before: string, after: string): DiffPart[] {
  const changes = diffWordsWithSpace(before, after, { timeout: LONGEST_MS })
  const parts: DiffPart[] = changes
    ? changes.map(({ value, added, removed }) => ({
        text: value,
        kind: added ? 'added' : removed ? 'removed' : 'same',
      }))
    : [
        { text: before, kind: 'removed' },
        { text: after, kind: 'added' },
      ]
  const last = parts.length - 1
  return parts
    .filter(({ text }) => text !== '')
    .map((part, index) =>
      part.kind === 'same' ? { ...part, text: shortened(part.text, index === 0, index === last) } : part,
    )
}

function shortened(text: string, isFirst: boolean, isLast: boolean): string {
  if (text.length <= 3 * AROUND) return text
  const [start, end] = [isFirst ? '' : text.slice(0, AROUND), isLast ? '' : text.slice(-AROUND)]
  return `${start} … ${end}`
}

// JSON text, piece by piece.

/** What stands in a JSON string as it is. Halves of a character are left to JSON.stringify: one alone is escaped. */
const plain = /^[ !#-[\]-\ud7ff\ue000-\uffff]*$/

/** As JSON.stringify, in a third of the time for the short and plain strings that answers are made of. */
export function quoted(text: string): string {
  return plain.test(text) ? `"${text}"` : JSON.stringify(text)
}

/**
 * The same text in one piece. What is put together from a thousand pieces is kept by V8 as a tree of them until somebody
 * reads it: by then it has outlived several collections of garbage, each of which has moved the tree.
 */
export function inOnePiece(text: string): string {
  Number(text) // reads it, and gives up at the first letter
  return text
}

// What a subscriber is told of one event, as JSON text: written once for all of a group.
import { publicError } from '../errors.ts'
import { inOnePiece } from '../execution/json-text.ts'
import type { Answer } from '../operations/prepare.ts'

/** @param extensions JSON text of an object; null for none */
export function resultText({ data, errors }: Answer, extensions: string | null, requestId: string): string {
  const shown = errors.map((error) => publicError(error, requestId))
  const told = shown.length > 0 ? `,"errors":${JSON.stringify(shown)}` : ''
  const beside = extensions === null ? '' : `,"extensions":${extensions}`
  return inOnePiece(`{"data":${data}${told}${beside}}`)
}

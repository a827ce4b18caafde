// What the thread of password-strength.ts does.
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  // Of each way to read 4 as a and 1 as l or i: some make it take seconds.
  l33tMaxSubstitutions: 10,
})

export interface StrengthQuestion {
  readonly password: string
  /** What is easily guessed about its owner. */
  readonly names: readonly string[]
}

/** @returns 0 to 4 */
export const score = ({ password, names }: StrengthQuestion): number => zxcvbn.check(password, [...names]).score

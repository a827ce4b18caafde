// A thread of its own for password-strength.ts: it is sent a question and answers with a score, 0 to 4.
import { parentPort } from 'node:worker_threads'
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import * as common from '@zxcvbn-ts/language-common'
import * as english from '@zxcvbn-ts/language-en'
import type { StrengthQuestion } from './password-strength.ts'

const zxcvbn = new ZxcvbnFactory({
  dictionary: { ...common.dictionary, ...english.dictionary },
  graphs: common.adjacencyGraphs,
  // Of each way to read 4 as a and 1 as l or i: some make it take seconds.
  l33tMaxSubstitutions: 10,
})

parentPort!.on('message', ({ password, names }: StrengthQuestion) => {
  parentPort!.postMessage(zxcvbn.check(password, [...names]).score)
})

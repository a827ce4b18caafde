// Knows the most used passwords, which makes it large: loaded when somebody chooses one.
import { ZxcvbnFactory } from '@zxcvbn-ts/core'
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common'
import { translations } from '@zxcvbn-ts/language-en'

export const guesser = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, translations })

// Answers questions about passwords, one after the other.
import { guess, type Question } from './password-guesser.ts'

addEventListener('message', ({ data }: MessageEvent<Question>) => postMessage(guess(data)))

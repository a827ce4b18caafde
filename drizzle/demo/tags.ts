// What the items of the seed are filed under: something that goes with their owner, and what their words tell.
import type { DemoPerson } from './people.ts'

const byOwner: Readonly<Record<string, string>> = {
  ada: 'workshop',
  bruno: 'kitchen',
  chidi: 'bicycles',
  dagny: 'walking',
  elif: 'books',
  farid: 'garden',
  greta: 'bees',
  hiroshi: 'photography',
  imani: 'music',
  jonas: 'games',
  kateryna: 'software',
  lucia: 'astronomy',
}

const byWord: readonly (readonly [tag: string, words: RegExp])[] = [
  ['for lending', /\b(lent|lend|borrow|lending|shared)\b/i],
  ['for sale', /\b(for sale|price|bought by)\b/i],
  ['in repair', /\b(repair\w*|broken|missing|replace\w*|restor\w*)\b/i],
  ['how to', /\b(how to|step|first|recipe)\b/i],
  ['recipe', /\b(oven|bake|dough|simmer|salt|flour)\b/i],
  ['measuring', /\b(measur\w*|calibrat\w*|scale|oscilloscope|meter)\b/i],
  ['calculating', /\b(calculat\w*|slide rule|logarithm)\b/i],
  ['antique', /\b(1[89]\d\d|antique|old)\b/i],
  ['made by hand', /\b(by hand|hand-\w+|home-made|by me)\b/i],
  ['wood', /\b(wood\w*|oak|spruce|birch|walnut)\b/i],
  ['list', /^- /m],
]

const TAGS_MAX = 5

export function demoTags(owner: DemoPerson, name: string, description: string | null): string[] {
  const words = `${name}\n${description ?? ''}`
  const told = byWord.filter(([, pattern]) => pattern.test(words)).map(([tag]) => tag)
  return [byOwner[owner.username] ?? owner.username, ...told].slice(0, TAGS_MAX)
}

// Words for items in any number: some that most of them have, some that hardly any has, as it is with real ones.
import { demoItems } from '../demo/items.ts'

const adjectives =
  'Small Large Brass Steel Wooden Folding Portable Antique Restored Spare Blue Green Red White Black Old New Broken Quiet Heavy'.split(
    ' ',
  )
const things = [
  'oscilloscope',
  'calculator',
  'slide rule',
  'microscope',
  'telescope',
  'camera',
  'lens',
  'tripod',
  'bicycle',
  'saddle',
  'dynamo hub',
  'typewriter',
  'radio',
  'amplifier',
  'turntable',
  'violin',
  'accordion',
  'guitar',
  'bookbinding press',
  'atlas',
  'dictionary',
  'map',
  'compass',
  'barometer',
  'thermometer',
  'clock',
  'watch',
  'lathe',
  'drill press',
  'plane',
  'chisel set',
  'workbench',
  'sewing machine',
  'loom',
  'kettle',
  'bread tin',
  'mixing bowl',
  'beehive',
  'smoker',
  'spade',
  'greenhouse',
  'seed box',
  'rucksack',
  'tent',
  'stove',
  'lantern',
  'kayak',
  'chess set',
  'board game',
  'puzzle',
]
const makers =
  'Tektronix Facit Aristo Zeiss Leitz Nikon Brooks Raleigh Olivetti Grundig Philips Hohner Gibson Wild Negretti Junghans Myford Stanley Singer Haglöfs'.split(
    ' ',
  )
const topics = 'workshop kitchen garden music books bicycles walking bees astronomy games software photography'.split(
  ' ',
)
const states = [
  'for lending',
  'for sale',
  'in repair',
  'antique',
  'made by hand',
  'wood',
  'spare parts',
  'how to',
  'list',
  'gift',
]
const syllables =
  'ba be bo da de do fa fe ga ge ha he ka ke ko la le lo ma me mo na ne no pa pe ra re ro sa se so ta te to va ve vo'.split(
    ' ',
  )

export interface Writer {
  name(): string
  description(): string | null
  tags(): string[]
}

/** @param random from 0 to 1 */
export function writer(random: () => number): Writer {
  const pick = <Of>(from: readonly Of[]) => from[Math.floor(random() * from.length)]!
  // As words in a language: the second is half as common as the first, the third a third.
  const pickUnevenly = <Of>(from: readonly Of[]) => from[Math.floor(from.length ** random()) - 1]!
  const number = () => Math.floor(random() ** 3 * 100_000)

  return {
    name() {
      const thing = pickUnevenly(things)
      const form = random()
      if (form < 0.3) return `${pick(makers)} ${number()} ${thing}`
      if (form < 0.6) return `${pickUnevenly(adjectives)} ${thing}`
      if (form < 0.8) return `${capital(thing)} of ${capital(pickUnevenly(surnames))}`
      return `${pick(adjectives)} ${thing}, ${pick(makers)}, ${1880 + Math.floor(random() * 140)}`
    },

    description() {
      if (random() < 0.1) return null
      const told = Array.from({ length: 1 + Math.floor(random() * 4) }, () => pick(sentences))
      return `${told.join(' ')} Bought from ${capital(pickUnevenly(surnames))} in ${capital(pickUnevenly(surnames))}, number ${number()}.`
    },

    tags() {
      return [...new Set([pickUnevenly(topics), pickUnevenly(states), pickUnevenly(states)])].slice(
        0,
        1 + Math.floor(random() * 3),
      )
    },
  }
}

/** About 50,000, made of three syllables. */
const surnames = syllables.flatMap((one) => syllables.flatMap((two) => syllables.map((three) => one + two + three)))

/** What the items of the seed say of themselves. */
const sentences = demoItems(new Date(0))
  .flatMap(({ description }) => (description ?? '').split(/(?<=[.!?])\s+|\n+/))
  .map((sentence) => sentence.trim())
  .filter((sentence) => /^[A-Z].{20,200}$/.test(sentence))

const capital = (word: string) => word[0]!.toUpperCase() + word.slice(1)

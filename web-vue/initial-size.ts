// Says how much JavaScript the first view needs, and fails the build when it is too much: such things grow by themselves.
import { gzipSync } from 'node:zlib'
import type { Plugin, Rolldown } from 'vite'

/** @param limitKb kilobytes, compressed with gzip, of the entry and everything that it imports without being asked */
export function initialSize(limitKb: number): Plugin {
  return {
    name: 'initial-size',
    apply: 'build',
    generateBundle(_options, bundle) {
      const initial = new Set<string>()
      const add = (fileName: string) => {
        const chunk = bundle[fileName]
        if (chunk?.type !== 'chunk' || initial.has(fileName)) return
        initial.add(fileName)
        chunk.imports.forEach(add)
      }
      Object.values(bundle).forEach((output) => output.type === 'chunk' && output.isEntry && add(output.fileName))

      const kb =
        [...initial].reduce((sum, name) => sum + gzipSync((bundle[name] as Rolldown.OutputChunk).code).length, 0) /
        1_000
      const finding = `Initial JavaScript: ${kb.toFixed(1)} KB with gzip, of at most ${limitKb} KB.`
      if (kb > limitKb) this.error(finding)
      else this.environment.logger.info(finding)
    },
  }
}

// What an item was, for whoever may edit it.
import { ApiError } from '../../../platform/errors.ts'
import { demandOn } from '../access.ts'
import type { ItemLoaders } from '../loaders.ts'
import { connection, edge, readPageRequest, toPage } from '../pages.ts'
import type { Resolvers } from '../schema.generated.ts'
import { differencesBetween, isVersionBeyond, placeOfVersion } from '../versions.ts'
import type { VersionRow } from '../versions.ts'

export const versions = {
  Item: {
    versions: async (item, args, { cursors, loaders, reader }) => {
      demandOn(item, reader, 'EDIT')
      const itemId = item.id
      const list = `versions ${itemId}`
      const request = readPageRequest(args, cursors, list)
      return toPage(await loaders.pageOfVersions.load({ itemId, request }), request, {
        cursorOf: (row) => cursors.write(list, placeOfVersion(row)),
        isBeyond: async (side, place) => isVersionBeyond(await loaders.versionExtremes.load(itemId), side, place),
        countAll: async () => (await loaders.versionExtremes.load(itemId)).count,
      })
    },

    versionAt: (item, { version }, { loaders, reader }) => {
      demandOn(item, reader, 'EDIT')
      return versionOf(item.id, version, loaders)
    },

    diff: async (item, { from, to }, { loaders, reader }) => {
      demandOn(item, reader, 'EDIT')
      const [before, after] = await Promise.all([from, to].map((version) => versionOf(item.id, version, loaders)))
      return differencesBetween(before!, after!)
    },
  },

  ItemVersion: {
    author: ({ authorId }) => ({ __typename: 'User', id: authorId }),

    changes: async (row, _args, { loaders }) => {
      const before =
        row.version > 1 ? await loaders.version.load({ itemId: row.itemId, version: row.version - 1 }) : null
      return differencesBetween(before, row)
    },
  },

  ItemVersionConnection: connection,
  ItemVersionEdge: edge,
} satisfies Resolvers

async function versionOf(itemId: string, version: number, loaders: ItemLoaders): Promise<VersionRow> {
  const row = await loaders.version.load({ itemId, version })
  if (!row) throw new ApiError('NOT_FOUND', 'There was no such version.', { version })
  return row
}

/**
 * For `aria-current` of a link that leads to a part of the app: the pages under it belong to it.
 *
 * @param path of the page that is shown
 */
export function currentPage(path: string, to: string): 'page' | 'true' | undefined {
  if (path === to) return 'page'
  return to !== '/' && path.startsWith(`${to}/`) ? 'true' : undefined
}

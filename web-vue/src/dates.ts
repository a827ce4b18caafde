// Moments in words, in the reader's own time zone.
const MINUTE_MS = 60_000
const HOUR_MS = 60 * MINUTE_MS
const DAY_MS = 24 * HOUR_MS

const relative = new Intl.RelativeTimeFormat('en', { numeric: 'auto' })
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' })
const dateThisYear = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long' })
const month = new Intl.DateTimeFormat('en-GB', { month: 'long', year: 'numeric' })
const full = new Intl.DateTimeFormat('en-GB', { dateStyle: 'medium', timeStyle: 'short' })

/** `just now`, `5 minutes ago`, `3 hours ago`, then the date. */
export function timeAgo(moment: string, nowMs: number): string {
  const agoMs = nowMs - Date.parse(moment)
  if (agoMs < MINUTE_MS) return 'just now'
  if (agoMs < HOUR_MS) return relative.format(-Math.floor(agoMs / MINUTE_MS), 'minute')
  if (agoMs < DAY_MS) return relative.format(-Math.floor(agoMs / HOUR_MS), 'hour')
  return dateOf(moment, nowMs)
}

/** `Today`, `Yesterday`, then the month: `October 2026`. */
export function periodOf(moment: string, nowMs: number): string {
  const days = Math.round((startOfDay(nowMs) - startOfDay(Date.parse(moment))) / DAY_MS)
  if (days <= 0) return 'Today'
  return days === 1 ? 'Yesterday' : monthOf(moment)
}

export const monthOf = (moment: string) => month.format(Date.parse(moment))
export const monthAndDay = (moment: string) => dateThisYear.format(Date.parse(moment))
export const dateAndTime = (moment: string) => full.format(Date.parse(moment))

/** `2 days, 3 hours`; the two largest units. */
export function duration(seconds: number): string {
  const parts: [number, string][] = [
    [Math.floor(seconds / 86_400), 'day'],
    [Math.floor(seconds / 3_600) % 24, 'hour'],
    [Math.floor(seconds / 60) % 60, 'minute'],
    [Math.floor(seconds) % 60, 'second'],
  ]
  const first = parts.findIndex(([count]) => count > 0)
  if (first < 0) return '0 seconds'
  return parts
    .slice(first, first + 2)
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`)
    .join(', ')
}

function dateOf(moment: string, nowMs: number): string {
  const then = new Date(moment)
  return (then.getFullYear() === new Date(nowMs).getFullYear() ? dateThisYear : date).format(then)
}

const startOfDay = (ms: number) => new Date(ms).setHours(0, 0, 0, 0)

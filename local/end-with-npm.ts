/** How soon the end of npm is noticed. */
const POLL_MS = 100

/**
 * Ends this process in order when the npm that started it is gone. npm passes SIGTERM on to a shell, which ends by it without
 * passing it on: a `kill` of `npm start` would leave everything running.
 */
export function endWithNpm(env: Readonly<Record<string, string | undefined>>): void {
  if (!env['npm_lifecycle_event']) return
  const parent = process.ppid
  const timer = setInterval(() => {
    if (process.ppid === parent) return
    clearInterval(timer)
    process.kill(process.pid, 'SIGTERM')
  }, POLL_MS)
  timer.unref()
}

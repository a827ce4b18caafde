// Loaded into a thread before its work: from then on it gets a core only while nobody else wants one, and loses it at once.
// Of a low priority alone (`nice`) it would keep the core for the rest of its time slice, some milliseconds, which each
// step of everybody's queries would wait for anew.
import { execFileSync } from 'node:child_process'
import { readlinkSync } from 'node:fs'

// Linux alone has priorities of threads.
if (process.platform === 'linux') {
  const threadId = readlinkSync('/proc/thread-self').split('/').at(-1)!
  try {
    // SCHED_IDLE. @see https://man7.org/linux/man-pages/man7/sched.7.html
    execFileSync('chrt', ['--idle', '--pid', '0', threadId], { stdio: 'ignore' })
  } catch {
    // Without util-linux it is of low priority alone, as its pool says.
  }
}

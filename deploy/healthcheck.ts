// Whether the process of this container takes requests, for the image's HEALTHCHECK: exit code 0 or 1.

const TIMEOUT_MS = 2_000

/** @param port where it listens, on the loopback address too */
export async function isReady(port: string): Promise<boolean> {
  try {
    const response = await fetch(`http://127.0.0.1:${port}/readyz`, { signal: AbortSignal.timeout(TIMEOUT_MS) })
    return response.ok
  } catch {
    return false
  }
}

if (import.meta.main) process.exitCode = (await isReady(process.env['PORT'] ?? '4000')) ? 0 : 1

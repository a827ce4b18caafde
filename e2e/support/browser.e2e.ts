import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it } from 'vitest'
import { describeWithChromium, launchChromium } from './browser.ts'

describeWithChromium('a browser of the test', () => {
  it('runs the script of a page that is served here, and keeps two people apart', async () => {
    const page = '<p id="seen"></p><script>seen.textContent = localStorage.name ?? "nobody"</script>'
    const server = createServer((_request, response) => response.setHeader('content-type', 'text/html').end(page))
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
    const browser = await launchChromium()
    try {
      const [ada, bob] = await Promise.all([1, 2].map(async () => (await browser.newContext()).newPage()))
      await ada!.goto(url)
      await ada!.evaluate('localStorage.name = "Ada"')
      await ada!.reload()
      await bob!.goto(url)

      expect(await ada!.textContent('#seen')).toBe('Ada')
      expect(await bob!.textContent('#seen')).toBe('nobody')
    } finally {
      await browser.close()
      server.close()
    }
  })
})

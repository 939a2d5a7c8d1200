// Opens the page in Chromium and takes note of everything that must not happen there.
import assert from 'node:assert/strict'
import { AxeBuilder } from '@axe-core/playwright'
import { chromium } from 'playwright-core'

// `crate/xtask/src/browser.rs` has the same list.
const SWITCHES = [
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

// A request to another host ends at once, wherever in the browser it comes from, and shows as an error.
const NO_OTHER_HOST = '--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1'

/** Starts the browser that CHROME names. */
export async function launch() {
  const executablePath = process.env.CHROME
  if (!executablePath) {
    throw new Error('CHROME must name a Chromium; `cargo xtask test --only e2e` finds one and sets it')
  }
  // The sandbox does not start for root, as whom containers run.
  const root = process.getuid?.() === 0 ? ['--no-sandbox'] : []
  return chromium.launch({ executablePath, args: [...SWITCHES, NO_OTHER_HOST, ...root], chromiumSandbox: root.length === 0 })
}

/**
 * Opens `url` in a context of its own, so that nothing is remembered from one visit to the next.
 * Other options (`hasTouch`, `reducedMotion`, `forcedColors`, …) go to the context as they are.
 * Requests to the origins in `also` are no problem.
 * `close` ends the visit and fails if anything went wrong in it; `allow` lists patterns of problems that belong to the test.
 */
export async function visit(browser, url, { width = 1280, height = 720, theme = 'light', allow = [], also = [], ...options } = {}) {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, ...options })
  const problems = []
  const note = (text) => {
    if (!allow.some((pattern) => pattern.test(text))) problems.push(text)
  }
  const homes = [new URL(url).origin, ...also]
  context.on('console', (message) => {
    const kind = message.type()
    if (kind === 'error' || kind === 'warning') note(`console ${kind}: ${message.text()} (${message.location().url})`)
  })
  context.on('weberror', (error) => note(`uncaught: ${error.error().stack ?? error.error()}`))
  context.on('request', (request) => {
    const { origin, protocol } = new URL(request.url())
    if (!homes.includes(origin) && protocol !== 'data:' && protocol !== 'blob:') note(`request to another origin: ${request.url()}`)
  })
  const page = await context.newPage()
  page.on('crash', () => note('the page crashed'))
  await page.goto(url)
  return {
    page,
    context,
    problems,
    async close() {
      await context.close()
      assert.deepEqual(problems, [], 'the visit was not clean')
    },
  }
}

/** What axe finds wrong with the page as it is now, a line for each kind of fault; empty is good. */
export async function axe(page) {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.map(({ id, help, nodes }) => `${id}: ${help}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`)
}

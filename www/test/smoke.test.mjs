// The built page comes up clean wherever it stands: at the top of a site, under a path, and under a strict content policy.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { axe, launch, visit } from './page.mjs'
import { serve, strictPolicy } from './server.mjs'
import { DIST, SUB_PATH, ready } from './tailback.mjs'

let browser
let html
before(async () => {
  browser = await launch()
  html = await readFile(`${DIST}/index.html`, 'utf8')
})
after(() => browser.close())

async function comesUp(t, options) {
  const site = await serve(DIST, options)
  t.after(site.close)
  const { page, close } = await visit(browser, site.url)
  await ready(page)
  assert.match(await page.title(), /^Tailback/)
  await close()
}

test('comes up at the top of a site', (t) => comesUp(t, {}))

test('comes up under a path', (t) => comesUp(t, { prefix: SUB_PATH }))

test('comes up under a strict content policy', (t) =>
  comesUp(t, { prefix: SUB_PATH, headers: { 'Content-Security-Policy': strictPolicy(html) } }))

test('has no fault that axe can see when it opens, light and dark', async (t) => {
  const site = await serve(DIST, { prefix: SUB_PATH })
  t.after(site.close)
  for (const theme of ['light', 'dark']) {
    const { page, close } = await visit(browser, site.url, { theme })
    await ready(page)
    assert.deepEqual(await axe(page), [], theme)
    await close()
  }
})

test('says what it needs when scripts are off', async (t) => {
  const site = await serve(DIST)
  t.after(site.close)
  const { page, close } = await visit(browser, site.url, { javaScriptEnabled: false })
  assert.match(await page.locator('noscript').innerText(), /JavaScript/)
  await close()
})

test('every link in it is relative', () => {
  const tags = [...html.matchAll(/<[a-z]+\s[^>]*>/g)].map(([tag]) => tag)
  const attributes = tags.flatMap((tag) => [...tag.matchAll(/\s(?:href|src|srcset|action|poster)\s*=\s*["']?([^"'\s>]*)/g)])
  const imports = [...html.matchAll(/(?:from|module_or_path:|import\()\s*['"]([^'"]+)['"]/g)]
  const links = [...attributes, ...imports].map(([, link]) => link)
  assert.ok(links.length >= 4, `only ${links.length} links were found: does this test still read the page right?`)
  const bound = links.filter((link) => /^([a-z][a-z0-9+.-]*:|\/)/i.test(link) && !link.startsWith('data:'))
  assert.deepEqual(bound, [])
  assert.doesNotMatch(html, /<base\b/)
})

// The main states of the page, in both themes: nothing that axe can see is wrong, and everything on the board has a name.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { edge, engine, guide, node, pass } from './board.mjs'
import { axe, launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH, play } from './tailback.mjs'

let browser
let site
before(async () => {
  browser = await launch()
  site = await serve(DIST, { prefix: SUB_PATH })
})
after(async () => {
  await browser.close()
  await site.close()
})

/** axe does not see an unnamed drawing: what can be reached on the board, and each chart, must have a name. */
async function named(page) {
  const names = await page.locator('[data-node], [data-edge], canvas[role="img"]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label')))
  assert.ok(names.length >= 17, `only ${names.length} things were found`)
  for (const name of names) assert.ok(name && name.length > 6, `a name such as "${name}"`)
}

for (const [theme, width, height] of [['light', 1280, 720], ['dark', 1280, 720], ['light', 390, 844]]) {
  test(`the cascade, a node, an edge and the keys: ${theme}, ${width}x${height}`, async () => {
    const { page, close } = await visit(browser, site.url, { theme, width, height })
    await engine(page)
    await play(page)
    await guide(page, /Slow the database/)
    await pass(page, 6)
    assert.deepEqual(await axe(page), [], 'the cascade')
    await named(page)
    for (const target of [node(page, 'payments'), edge(page, 'checkout-payments'), edge(page, 'checkout-email'), node(page, 'shoppers')]) {
      await target.focus()
      await page.keyboard.press('Enter')
      assert.deepEqual(await axe(page), [], await target.getAttribute('aria-label'))
    }
    await page.keyboard.press('Escape')
    await page.keyboard.press('?')
    await page.getByRole('dialog').waitFor()
    assert.deepEqual(await axe(page), [], 'the list of keys')
    const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }))
    assert.equal(scroll, inner, 'nothing is wider than the screen')
    await close()
  })
}

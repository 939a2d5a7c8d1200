// The board as an editor: drag, add, connect, delete, take back; and nothing of it stops the run.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, node, pass, time, until } from './board.mjs'
import { launch, visit } from './page.mjs'
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

const centre = async (locator) => {
  const box = await locator.boundingBox()
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
const nodes = (page) => page.locator('[data-node]').count()
const edges = (page) => page.locator('[data-edge]').count()

/** Drags with the pointer, in steps as a hand does. */
async function drag(page, from, to) {
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 4 })
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
}

test('a card is dragged while the run goes on, and undo puts it back', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await play(page)
  await pass(page, 1)
  const email = node(page, 'email').locator('.title, text').first()
  const start = await centre(email)
  const before = await time(page)
  await drag(page, start, { x: start.x + 60, y: start.y - 40 })
  const moved = async () => {
    const now = await centre(email)
    return { right: now.x - start.x, up: start.y - now.y }
  }
  await until('the card is where it was dragged', async () => ((by) => (by.right > 30 && by.up > 15) || by)(await moved()), 5)
  await page.keyboard.press('Control+z')
  await until('the card is back', async () => ((by) => (Math.abs(by.right) < 2 && Math.abs(by.up) < 2) || by)(await moved()), 5)
  assert.ok((await time(page)) > before, 'the run went on')
  await close()
})

test('a service is added, connected by keys, deleted, and all of it taken back and done again', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const [had, ran] = [await nodes(page), await edges(page)]
  await page.getByRole('button', { name: 'Service', exact: true }).click()
  await becomes('the number of nodes', () => nodes(page), had + 1)

  await node(page, 'catalogue').focus()
  await page.keyboard.press('Enter')
  await node(page, 'catalogue').focus()
  await page.keyboard.press('c')
  await page.keyboard.press('ArrowDown')
  await page.keyboard.press('Enter')
  await becomes('the number of edges', () => edges(page), ran + 1)

  await page.keyboard.press('Control+z')
  await becomes('the number of edges', () => edges(page), ran)
  await page.keyboard.press('Control+Shift+z')
  await becomes('the number of edges', () => edges(page), ran + 1)

  await node(page, 'email').focus()
  await page.keyboard.press('Enter')
  await node(page, 'email').focus()
  await page.keyboard.press('Delete')
  await becomes('the number of nodes', () => nodes(page), had)
  assert.equal(await edge(page, 'checkout-email').count(), 0, 'its edge goes with it')
  const focus = await page.evaluate(() => document.activeElement?.tagName)
  assert.notEqual(focus, 'BODY', 'the focus is not lost')
  await page.keyboard.press('Control+z')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await close()
})

test('what was drawn is there again after a reload', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const had = await nodes(page)
  await page.getByRole('button', { name: 'Database', exact: true }).click()
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await page.waitForTimeout(1500)
  await page.reload()
  await engine(page)
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await close()
})

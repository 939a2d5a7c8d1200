// Edges whose ends are put elsewhere, deletes that leave the rest joined, and a board that is larger than its view.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, node, until } from './board.mjs'
import { axe, launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH } from './tailback.mjs'

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

const middle = async (locator) => {
  const { x, y, width, height } = await locator.boundingBox()
  return { x: x + width / 2, y: y + height / 2 }
}
const ends = async (page, id) => (await edge(page, id).getAttribute('aria-label')).split(',')[0]

test('an end of an edge is dragged, chosen by keys, and chosen in the inspector', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const id = 'checkout-payments'
  assert.equal(await ends(page, id), 'Checkout to Payments')
  await edge(page, id).locator('.badge').click()
  const handle = await middle(edge(page, id).locator('.handle').nth(1))
  const to = await middle(node(page, 'database').locator('.card'))
  await page.mouse.move(handle.x, handle.y)
  await page.mouse.down()
  await page.mouse.move((handle.x + to.x) / 2, (handle.y + to.y) / 2, { steps: 4 })
  await page.locator('.link').waitFor()
  await page.mouse.move(to.x, to.y, { steps: 4 })
  await page.mouse.up()
  await becomes('the edge', () => ends(page, id), 'Checkout to Database')
  assert.deepEqual(await axe(page), [], 'an edge with its handles')

  await page.keyboard.press('r')
  await page.keyboard.press('ArrowLeft')
  await page.keyboard.press('Enter')
  await becomes('the edge', () => ends(page, id), 'Checkout to Payments')

  await page.getByLabel('Caller').selectOption('Gateway')
  await becomes('the edge', () => ends(page, id), 'Gateway to Payments')
  for (const before of ['Checkout to Payments', 'Checkout to Database', 'Checkout to Payments']) {
    await page.keyboard.press('Control+z')
    await becomes('the edge', () => ends(page, id), before)
  }
  // Escape leaves it as it was.
  await edge(page, id).focus()
  await page.keyboard.press('Shift+R')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Escape')
  await page.keyboard.press('Enter')
  assert.equal(await ends(page, id), 'Checkout to Payments')
  await close()
})

test('a node in the middle is deleted, with its edges or leaving the rest joined', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const names = async () => (await page.locator('[data-edge]').evaluateAll((all) => all.map((one) => one.getAttribute('aria-label').split(',')[0]))).sort().join('; ')
  const before = await names()
  await node(page, 'checkout').focus()
  await page.keyboard.press('Control+Delete')
  await until('the gateway calls what checkout called', async () => ((now) => (now.includes('Gateway to Payments') && now.includes('Gateway to E-mail')) || now)(await names()), 5)
  await page.keyboard.press('Control+z')
  await becomes('the edges', names, before)
  await node(page, 'checkout').focus()
  await page.keyboard.press('Delete')
  await until('its edges are gone', async () => ((now) => !/Checkout|Gateway to Payments/.test(now) || now)(await names()), 5)
  await close()
})

for (const [width, height] of [[1280, 720], [390, 844]]) {
  test(`what leaves the view has a map and a way back, ${width}x${height}`, async () => {
    const { page, close } = await visit(browser, site.url, { width, height })
    await engine(page)
    const map = page.getByRole('img', { name: /Map of the board/ })
    assert.equal(await map.count(), 0, 'all is in view')
    await page.locator('#diagram').focus()
    for (let step = 0; step < 4; step++) await page.keyboard.press('+')
    await map.waitFor()
    assert.deepEqual(await axe(page), [], 'the map')
    const place = async () => (await node(page, 'gateway').locator('.card').boundingBox()).x
    const before = await place()
    const { x, y, width: wide, height: high } = await map.boundingBox()
    await page.mouse.click(x + wide * 0.9, y + high / 2)
    await until('the view went to the right', async () => (await place()) < before - 20 || (await place()), 5)
    const back = page.getByRole('button', { name: 'Back to the board' })
    await page.locator('#diagram').focus()
    for (let step = 0; step < 12; step++) await page.keyboard.press('Alt+Shift+ArrowRight')
    await back.waitFor()
    assert.deepEqual(await axe(page), [], 'the way back')
    await back.click()
    await becomes('the map', () => map.count(), 0)
    await close()
  })
}

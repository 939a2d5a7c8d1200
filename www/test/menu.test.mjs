// The context menu and the search for something to add: by pointer, by keys and by a finger.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, mode, node, until } from './board.mjs'
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

const nodes = (page) => page.locator('[data-node]').count()
const menu = (page) => page.getByRole('menu')
const item = (page, name) => menu(page).getByRole('menuitem', { name, exact: true })
const middle = async (locator) => {
  const { x, y, width, height } = await locator.boundingBox()
  return { x: x + width / 2, y: y + height / 2 }
}
const focused = (page) => page.evaluate(() => document.activeElement?.textContent)
const name = (page) => page.evaluate(() => document.activeElement?.id)

for (const theme of ['light', 'dark']) {
  test(`the right button opens the menu of what is there, ${theme}`, async () => {
    const { page, close } = await visit(browser, site.url, { theme })
    await engine(page)
    const had = await nodes(page)
    await edge(page, 'checkout-payments').locator('.badge').click({ button: 'right' })
    await menu(page).waitFor()
    assert.deepEqual(await axe(page), [], 'the menu of an edge')
    await item(page, 'Switch the edge between sync and async').click()
    await becomes('the mode', () => mode(page, 'checkout-payments'), 'async')
    assert.equal(await menu(page).count(), 0)

    const at = await middle(node(page, 'email').locator('.card'))
    await page.mouse.click(at.x, at.y, { button: 'right' })
    await item(page, 'Duplicate').click()
    await becomes('the number of nodes', () => nodes(page), had + 1)
    await page.keyboard.press('Control+z')
    await becomes('the number of nodes', () => nodes(page), had)

    const { x, y } = await page.locator('#diagram').boundingBox()
    await page.mouse.click(x + 12, y + 12, { button: 'right' })
    await item(page, 'Add something here').click()
    const field = page.getByRole('combobox', { name: 'Add to the board' })
    await field.waitFor()
    assert.deepEqual(await axe(page), [], 'the search')
    await page.keyboard.type('dtb')
    await until('the database is found', async () => /Database/.test(await page.locator('#found [role=option]').first().textContent()), 5)
    await page.keyboard.press('Enter')
    await becomes('the number of nodes', () => nodes(page), had + 1)
    await close()
  })
}

test('keys open the menu, walk in it and leave it, and the keyboard is never lost', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await node(page, 'email').focus()
  await page.keyboard.press('Shift+F10')
  await until('a row has the keyboard', async () => /Fault/.test(await focused(page)) || (await focused(page)), 5)
  await page.keyboard.press('c')
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('Escape')
  await becomes('the keyboard', () => name(page), 'node-email')
  await page.keyboard.press('ContextMenu')
  await item(page, 'Rename').waitFor()
  await page.keyboard.press('r')
  await page.keyboard.press('Enter')
  await becomes('the keyboard', () => name(page), 'node-name')
  await page.keyboard.type('Post')
  await page.keyboard.press('Enter')
  await until('it has another name', async () => /^Post/.test(await node(page, 'email').getAttribute('aria-label')), 5)
  await close()
})

test('a key and two presses on an empty place ask what to add there', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const had = await nodes(page)
  const { x, y, height } = await page.locator('#diagram').boundingBox()
  await page.mouse.dblclick(x + 130, y + height - 80)
  await page.keyboard.type('cache')
  await page.keyboard.press('Enter')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  const card = await middle(node(page, 'cache').locator('.card'))
  assert.ok(Math.hypot(card.x - x - 130, card.y - y - height + 80) < 30, 'it stands where it was asked for')
  await page.keyboard.press('Escape')
  await page.keyboard.press('a')
  await page.getByRole('combobox').waitFor()
  await page.keyboard.press('Escape')
  await becomes('the search', () => page.getByRole('combobox').count(), 0)
  await close()
})

test('a finger that rests opens the menu, and one that moves does not', async () => {
  const { page, context, close } = await visit(browser, site.url, { hasTouch: true, width: 390, height: 844 })
  await engine(page)
  const { x, y } = await middle(node(page, 'payments').locator('.card'))
  const hand = await context.newCDPSession(page)
  const touch = (type, ...points) => hand.send('Input.dispatchTouchEvent', { type, touchPoints: points.map(([x, y]) => ({ x, y })) })
  await touch('touchStart', [x, y])
  await touch('touchMove', [x + 30, y])
  await page.waitForTimeout(700)
  await touch('touchEnd')
  assert.equal(await menu(page).count(), 0)
  const now = await middle(node(page, 'payments').locator('.card'))
  await touch('touchStart', [now.x, now.y])
  await menu(page).waitFor()
  await touch('touchEnd')
  await page.waitForTimeout(200)
  assert.equal(await menu(page).count(), 1, 'it stays when the finger is lifted')
  assert.deepEqual(await axe(page), [], 'the menu of a node')
  const box = await page.locator('.popup').boundingBox()
  assert.ok(box.x >= 0 && box.x + box.width <= 390 && box.y >= 0 && box.y + box.height <= 844, JSON.stringify(box))
  await item(page, 'Delete').click()
  await becomes('the node', () => node(page, 'payments').count(), 0)
  await close()
})

// Several things at once: a box selects them, they are dragged, copied, put in line and deleted together.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, mode, node, time, until } from './board.mjs'
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

const nodes = (page) => page.locator('[data-node]').count()
const chosen = (page) => page.locator('[data-node][aria-pressed="true"]').count()
const box = (locator) => locator.boundingBox()
const middle = ({ x, y, width, height }) => ({ x: x + width / 2, y: y + height / 2 })
const place = async (page, id) => middle(await box(node(page, id).locator('.card')))

async function drag(page, from, to, key) {
  if (key) await page.keyboard.down(key)
  await page.mouse.move(from.x, from.y)
  await page.mouse.down()
  await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 3 })
  await page.mouse.move(to.x, to.y, { steps: 3 })
  await page.mouse.up()
  if (key) await page.keyboard.up(key)
}

/** A place on the board where nothing is. */
const corner = async (page) => {
  const { x, y } = await box(page.locator('#diagram'))
  return { x: x + 8, y: y + 8 }
}

test('a box selects, a drag takes all along, one undo brings all back, and the run goes on', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await play(page)
  const all = await nodes(page)
  const { x, y, width, height } = await box(page.locator('#diagram'))
  await drag(page, await corner(page), { x: x + width - 8, y: y + height - 50 }, 'Shift')
  await becomes('the number of selected', () => chosen(page), all)
  const [a, b] = [await place(page, 'gateway'), await place(page, 'email')]
  const ran = await time(page)
  await drag(page, a, { x: a.x + 40, y: a.y + 24 })
  const moved = async (id, from) => Math.hypot((await place(page, id)).x - from.x, (await place(page, id)).y - from.y)
  for (const [id, from] of [['gateway', a], ['email', b]]) {
    await until(`${id} went along`, async () => (await moved(id, from)) > 20, 5)
  }
  await page.keyboard.press('Control+z')
  for (const [id, from] of [['gateway', a], ['email', b]]) {
    await until(`${id} is back`, async () => (await moved(id, from)) < 2 || (await moved(id, from)), 5)
  }
  await until('time passes', async () => (await time(page)) > ran, 5)
  await close()
})

test('nodes are duplicated, copied as text, pasted, put in line and deleted by keys', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const had = await nodes(page)
  await node(page, 'payments').click()
  await page.keyboard.press('Control+d')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await page.keyboard.press('Control+a')
  await becomes('the number of selected', () => chosen(page), had + 1)
  await page.keyboard.press('Control+c')
  await page.keyboard.press('Control+v')
  await becomes('the number of nodes', () => nodes(page), 2 * (had + 1))
  await becomes('the number of selected', () => chosen(page), had + 1)
  await page.keyboard.press('Delete')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await node(page, 'gateway').click()
  await page.keyboard.down('Control')
  await node(page, 'email').click()
  await page.keyboard.up('Control')
  await becomes('the number of selected', () => chosen(page), 2)
  await page.getByRole('button', { name: 'Align in a row' }).click()
  await until('both are at one height', async () => Math.abs((await place(page, 'gateway')).y - (await place(page, 'email')).y) < 1, 5)
  await page.keyboard.press('Control+x')
  await becomes('the number of nodes', () => nodes(page), had - 1)
  await page.keyboard.press('Control+z')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await close()
})

test('a wire that is dropped on the empty board ends at something new, and a broker dropped on an edge holds its queue', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const had = await nodes(page)
  await node(page, 'email').hover()
  const port = middle(await box(node(page, 'email').locator('.port')))
  const { x, y, height } = await box(page.locator('#diagram'))
  await drag(page, port, { x: x + 90, y: y + height - 70 })
  await page.keyboard.press('Enter')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await page.keyboard.press('Control+z')
  await becomes('the number of nodes', () => nodes(page), had)
  assert.equal(await mode(page, 'checkout-payments'), 'sync')
  const onto = middle(await box(edge(page, 'checkout-payments').locator('.badge')))
  await drag(page, middle(await box(page.getByRole('button', { name: 'Broker', exact: true }))), onto)
  await becomes('the mode', () => mode(page, 'checkout-payments'), 'async')
  await becomes('the number of nodes', () => nodes(page), had + 1)
  await close()
})

test('two fingers zoom the board, and nothing on it is moved', async () => {
  const { page, context, close } = await visit(browser, site.url, { hasTouch: true })
  await engine(page)
  const wide = async () => (await box(node(page, 'gateway').locator('.card'))).width
  const before = await wide()
  const { x, y } = await place(page, 'gateway')
  const hand = await context.newCDPSession(page)
  const touch = (type, ...places) => hand.send('Input.dispatchTouchEvent', { type, touchPoints: places.map(([by, id]) => ({ x: x + by, y, id })) })
  await touch('touchStart', [-20, 1])
  await touch('touchStart', [-20, 1], [20, 2])
  for (const by of [24, 28, 32, 36, 40]) await touch('touchMove', [-by, 1], [by, 2])
  await touch('touchEnd')
  await until('it is larger', async () => (await wide()) > 1.5 * before || (await wide()), 5)
  assert.ok(await page.getByRole('button', { name: 'Undo' }).first().isDisabled(), 'nothing was changed')
  await close()
})

// The first minute as a person lives it: play, slow the database, watch the cascade climb, flip one edge, heal.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, figure, guide, mode, node, number, pass, speed, time, until } from './board.mjs'
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

const waiting = (page, id) => number(node(page, id), 'waiting')
const refused = (page) => number(node(page, 'gateway'), 'refused')
const depth = (page) => number(edge(page, 'checkout-payments'), 'depth')

/** The whole story. `watched` says how long each part may take: an engine on the page's own thread shares its time. */
async function firstMinute(page, watched) {
  assert.equal(await time(page), 0, 'the page opens paused, at the start')
  await play(page)
  await pass(page, 4)
  assert.equal(await refused(page), 0)
  assert.ok((await figure(page, 'goodput')) > 150, 'healthy goodput of 200 a second')

  await guide(page, /Slow the database/)
  // From the click the front door must visibly suffer within ten seconds of watching.
  await until('payments waits for the database', async () => (await waiting(page, 'payments')) >= 20 || (await waiting(page, 'payments')), watched)
  await until('checkout waits for payments', async () => (await waiting(page, 'checkout')) >= 34 || (await waiting(page, 'checkout')), watched)
  await until('the gateway waits for checkout', async () => (await waiting(page, 'gateway')) >= 56 || (await waiting(page, 'gateway')), watched)
  await until('the gateway turns customers away', async () => (await refused(page)) > 0.1 || (await refused(page)), watched)
  assert.match(await node(page, 'gateway').textContent(), /wait on Checkout/)
  await until('the story tells it', async () => /Gateway/.test(await page.locator('.story').textContent()), watched)
  await until('goodput falls', async () => (await figure(page, 'goodput')) < 100 || (await figure(page, 'goodput')), watched)

  // The flip, on the edge itself: click it, press S.
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('Enter')
  await page.keyboard.press('s')
  await becomes('the mode', () => mode(page, 'checkout-payments'), 'async', watched)
  // With nothing selected the side panel tells how things stand.
  await page.keyboard.press('Escape')
  await until('the gateway lets everyone in again', async () => (await refused(page)) === 0 || (await refused(page)), watched)
  await until('goodput is back', async () => (await figure(page, 'goodput')) > 150 || (await figure(page, 'goodput')), watched)
  const early = await depth(page)
  await pass(page, 5)
  assert.ok((await depth(page)) > early + 30, 'the queue grows while the database is slow')
  assert.ok((await number(edge(page, 'checkout-payments'), 'oldest')) > 2, 'its oldest message gets older')

  const full = await depth(page)
  await guide(page, /Heal the database/)
  await speed(page, '5x')
  await until('the queue drains', async () => (await depth(page)) < 10 || (await depth(page)), watched * 4)
  assert.ok(full > 50, `it held ${full}`)
  assert.ok((await figure(page, 'goodput')) > 150)
}

test('the first minute, with the engine in its worker', async () => {
  const { page, close } = await visit(browser, site.url)
  assert.equal(await engine(page), 'worker')
  await firstMinute(page, 10)
  await close()
})

test('the first minute, where a worker cannot start', async () => {
  // What a browser says of a worker that it may not load belongs to the test.
  const { page, context, close } = await visit(browser, 'about:blank', { allow: [/engine\.js/, /ERR_FAILED/, /origin/] })
  await context.route('**/engine.js*', (route) => route.abort())
  await page.goto(site.url)
  assert.equal(await engine(page), 'page')
  await firstMinute(page, 15)
  await close()
})

test('undo takes back the flip and not the run', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await play(page)
  await pass(page, 2)
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await becomes('the mode', () => mode(page, 'checkout-payments'), 'async')
  const before = await time(page)
  await page.keyboard.press('Control+z')
  await becomes('the mode', () => mode(page, 'checkout-payments'), 'sync')
  assert.ok((await time(page)) >= before, 'the run went on')
  await close()
})

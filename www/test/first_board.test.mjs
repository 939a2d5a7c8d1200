// A board from nothing: two services, a client, a sync edge, play, a fault, the flip to async. Once by keys alone, and once
// by fingers alone; and each way of connecting two cards by itself.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { becomes, edge, engine, mode, node, time, until } from './board.mjs'
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
const edges = (page) => page.locator('[data-edge]').count()
const name = (page) => page.evaluate(() => document.activeElement?.id)
const option = (page) => page.locator('#found [aria-selected=true]').textContent()
/** Whether calls or messages went over an edge in the last second. */
const busy = async (page, id) => /[1-9]\d* \/s/.test(await edge(page, id).getAttribute('aria-label'))

/** What the board must show at the end of either way. */
async function check(page) {
  assert.equal(await nodes(page), 3)
  assert.equal(await edges(page), 2)
  await becomes('the mode', () => mode(page, 'service-service-2'), 'async')
  const then = await time(page)
  await until('the run goes on', async () => (await time(page)) > then + 0.5 || (await time(page)), 20)
  for (const id of ['client-service', 'service-service-2']) await until(`${id} is busy`, () => busy(page, id), 30)
  assert.deepEqual(await axe(page), [])
}

test('by keys alone', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const press = async (...keys) => {
    for (const key of keys) await page.keyboard.press(key)
  }
  const add = async (word, id) => {
    await press('a')
    await page.locator('#finder').waitFor()
    await page.keyboard.type(word)
    await until(`${word} is chosen`, async () => new RegExp(`^${word}`, 'i').test(await option(page)), 5)
    await press('Enter')
    await becomes('the keyboard', () => name(page), `node-${id}`)
  }
  await press('Control+k')
  await page.locator('#finder').waitFor()
  await page.keyboard.type('scenario: an empty')
  await until('the empty board is chosen', async () => /an empty board/.test(await option(page)), 5)
  await press('Enter')
  await becomes('the number of nodes', () => nodes(page), 0)

  await add('client', 'client')
  await add('service', 'service')
  // Connect with C: arrows choose, Enter connects.
  await page.keyboard.press('ArrowLeft')
  await until('the client has the keyboard', async () => (await name(page)) === 'node-client' || (await name(page)), 5)
  await press('c', 'ArrowRight', 'Enter')
  await becomes('the number of edges', () => edges(page), 1)
  await becomes('the keyboard', () => name(page), 'edge-client-service')
  assert.equal(await mode(page, 'client-service'), 'sync')
  // The other way: a service that grows out of another.
  await press('ArrowRight')
  await becomes('the keyboard', () => name(page), 'node-service')
  await press('Control+ArrowRight')
  await becomes('the keyboard', () => name(page), 'node-service-2')
  await becomes('the mode', () => mode(page, 'service-service-2'), 'sync')
  await press('Space')
  await until('time passes', async () => (await time(page)) > 0.5, 20)
  await press('x')
  await until('the fault is on', async () => /Slow/i.test(await node(page, 'service-2').textContent()), 5)
  await press('e')
  await becomes('the keyboard', () => name(page), 'edge-service-service-2')
  await press('s')
  await check(page)
  await close()
})

for (const [width, height] of [[390, 844], [820, 1180]]) {
  test(`by fingers alone, ${width}x${height}`, async () => {
    const { page, close } = await visit(browser, site.url, { width, height, hasTouch: true })
    await engine(page)
    /** Taps the middle of something on the board. */
    const tap = async (locator) => {
      const box = await locator.boundingBox()
      await page.touchscreen.tap(box.x + box.width / 2, box.y + box.height / 2)
    }
    const piece = (word) => page.locator('#palette').getByRole('button', { name: word, exact: true })
    await page.getByRole('button', { name: 'All commands' }).tap()
    await page.getByRole('option', { name: /an empty board/ }).tap()
    await becomes('the number of nodes', () => nodes(page), 0)
    for (const [nth, word] of ['Client', 'Service', 'Service'].entries()) {
      await piece(word).tap()
      await becomes('the number of nodes', () => nodes(page), nth + 1)
    }
    for (const [nth, [from, to]] of [['client', 'service'], ['service', 'service-2']].entries()) {
      await page.locator('#diagram').scrollIntoViewIfNeeded()
      await tap(node(page, from).locator('.port'))
      await page.getByText(/is to call: press on a card/).waitFor()
      await tap(node(page, to).locator('.card'))
      await becomes('the number of edges', () => edges(page), nth + 1)
    }
    assert.equal(await mode(page, 'service-service-2'), 'sync')
    await page.getByRole('button', { name: 'Play', exact: true }).tap()
    await page.locator('#diagram').scrollIntoViewIfNeeded()
    await tap(node(page, 'service-2').locator('.card'))
    await page.locator('.fault-button').first().tap()
    await page.locator('#diagram').scrollIntoViewIfNeeded()
    await tap(edge(page, 'service-service-2').locator('.badge'))
    await page.locator('.mode').getByRole('button', { name: /^Async/ }).tap()
    await check(page)
    await close()
  })
}

test('a tap on a card that cannot be called connects nothing, and one beside all cards gives up', async () => {
  const { page, close } = await visit(browser, site.url, { hasTouch: true, width: 820, height: 1180 })
  await engine(page)
  const had = await edges(page)
  const tap = async (locator, by = 0.5) => {
    const box = await locator.boundingBox()
    await page.touchscreen.tap(box.x + box.width * by, box.y + box.height * by)
  }
  await tap(node(page, 'email').locator('.port'))
  await tap(node(page, 'shoppers').locator('.card'))
  await until('it says why', async () => /cannot be called/.test(await page.locator('[role=status]').first().textContent()), 5)
  await tap(node(page, 'email').locator('.port'))
  await page.getByText(/is to call: press on a card/).waitFor()
  await tap(page.locator('#diagram'), 0.01)
  await becomes('the hint', () => page.getByText(/is to call: press on a card/).count(), 0)
  assert.equal(await edges(page), had)
  await close()
})

test('a mixed-up board is laid out by a key in one step, and a dragged card shows with what it is in line', async () => {
  for (const reducedMotion of ['no-preference', 'reduce']) {
    const { page, close } = await visit(browser, site.url, { reducedMotion })
    await engine(page)
    const place = async (id) => {
      const { x, y, width, height } = await node(page, id).locator('.card').boundingBox()
      return { x: x + width / 2, y: y + height / 2 }
    }
    const [before, gateway] = [await place('database'), await place('gateway')]
    await page.mouse.move(before.x, before.y)
    await page.mouse.down()
    await page.mouse.move(gateway.x + 30, gateway.y + 100, { steps: 6 })
    await page.mouse.move(gateway.x + 2, gateway.y + 130, { steps: 3 })
    await until('lines are shown', async () => ((await page.locator('.guide-line').getAttribute('d')) ?? '').length > 4, 5)
    await page.mouse.up()
    await until('it is in line', async () => Math.abs((await place('database')).x - gateway.x) < 1 || (await place('database')), 5)
    await page.keyboard.press('l')
    await until('callers are to the left', async () => (await place('database')).x > (await place('payments')).x + 50 || (await place('database')), 5)
    await page.keyboard.press('Control+z')
    await until('one step back', async () => Math.abs((await place('database')).x - (await place('gateway')).x) < 1, 5)
    await close()
  }
})

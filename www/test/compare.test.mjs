// Two designs on one clock, and time that goes back.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
import { after, before, test } from 'node:test'
import { becomes, engine, guide, number, pass, time, until } from './board.mjs'
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

// While there are two boards, each thing stands on both.
const here = (page, what, id) => page.locator(`.half:not(.other) [data-${what}="${id}"]`)
const there = (page, what, id) => page.locator(`.half.other [data-${what}="${id}"]`)
const mode = (locator) => locator.getAttribute('data-mode')
const line = (page) => page.getByRole('slider', { name: 'Moment of the run' })
const row = async (page, name) => page.locator('.compare tr', { hasText: name }).locator('td').allTextContents()

/** A run of the shop that was flipped while its database was slow. */
async function flipped(page) {
  await engine(page)
  await play(page)
  await pass(page, 2)
  await guide(page, /Slow the database/)
  await pass(page, 8)
  await guide(page, /Make Checkout/)
  await pass(page, 2)
}

for (const [theme, width, height] of [['light', 1280, 720], ['dark', 1920, 1080], ['light', 390, 844]]) {
  test(`both designs, side by side, with their score: ${theme}, ${width}x${height}`, async () => {
    const { page, close } = await visit(browser, site.url, { theme, width, height })
    await flipped(page)
    await page.getByRole('button', { name: 'Compare', exact: true }).click()
    await there(page, 'node', 'gateway').waitFor()
    assert.equal(await mode(there(page, 'edge', 'checkout-payments')), 'sync', 'A is as the run began')
    assert.equal(await mode(here(page, 'edge', 'checkout-payments')), 'async')
    await until('A turns shoppers away', async () => (await number(there(page, 'node', 'gateway'), 'refused')) > 0.1, 20)
    assert.equal(await number(here(page, 'node', 'gateway'), 'refused'), 0)
    await until('the score tells which is better', async () => /better/.test((await row(page, 'Goodput'))[1]), 10)
    assert.match((await row(page, 'Moving parts'))[0], /better/, 'and what it costs')
    assert.match(await page.locator('.differences').textContent(), /mode sync → async/)
    await until('the charts draw both', async () => ((seen) => /A goodput.*B goodput/.test(seen) || seen)(await page.locator('.charts').textContent()), 10)
    assert.deepEqual(await axe(page), [], 'a comparison')
    const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }))
    assert.equal(scroll, inner, 'nothing is wider than the screen')
    await page.getByRole('button', { name: 'End the comparison' }).click()
    await until('the board is alone', async () => (await page.locator('.half').count()) === 1, 5)
    await close()
  })
}

test('time goes back, a change there leaves the old run beside, and undo brings the latest board', async () => {
  const { page, close } = await visit(browser, site.url)
  await flipped(page)
  await page.getByRole('button', { name: 'Pause' }).click()
  // What was asked for before the pause still arrives.
  await page.waitForTimeout(300)
  const end = await time(page)
  await line(page).focus()
  // To the very start of the run, by its key.
  await line(page).press('Home')
  await becomes('the time', () => time(page), 0)
  await becomes('the board of then', () => mode(here(page, 'edge', 'checkout-payments')), 'sync')
  await page.getByTitle('Go on to where the run has been').click()
  await until('the end again', async () => Math.abs((await time(page)) - end) < 0.06 || (await time(page)), 5)
  await becomes('the latest board', () => mode(here(page, 'edge', 'checkout-payments')), 'async')

  await page.locator('#diagram').focus()
  await page.keyboard.press(',')
  await until('five seconds back', async () => Math.abs((await time(page)) - (end - 5)) < 0.06 || (await time(page)), 5)
  await becomes('the board of then', () => mode(here(page, 'edge', 'checkout-payments')), 'sync')
  // Another cure at that moment: the order mail goes by a queue; the run that was goes on beside.
  await here(page, 'edge', 'checkout-payments').focus()
  await page.keyboard.press('s')
  await there(page, 'node', 'gateway').waitFor()
  assert.match(await page.locator('.half.other .half-name').textContent(), /went on from/)
  await becomes('the change', () => mode(here(page, 'edge', 'checkout-payments')), 'async')
  assert.equal(await mode(there(page, 'edge', 'checkout-payments')), 'sync')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Play' }).click()
  await pass(page, 2)
  assert.ok(Math.abs((await time(page)) - end) < 5)
  await close()
})

test('a run is saved as a file, and plays again as it was', async () => {
  const { page, close } = await visit(browser, site.url)
  await flipped(page)
  await page.getByRole('button', { name: 'Pause' }).click()
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name: 'Run', exact: true }).click()])
  assert.equal(download.suggestedFilename(), 'the-shop-run.json')
  const run = await readFile(await download.path())
  const flip = JSON.parse(run).run.find(({ scenario }) => scenario.edges['checkout-payments'].mode === 'async')
  await page.keyboard.press('Escape')
  const open = async (buffer) => {
    await page.keyboard.press('Control+o')
    await page.locator('input[type="file"]').setInputFiles({ name: 'a-run.json', mimeType: 'application/json', buffer })
  }
  await open(run)
  const mark = page.locator('[data-edge="checkout-payments"]')
  await until('it stands at its beginning', async () => (await time(page)) === 0, 5)
  assert.equal(await mode(mark), 'sync')
  await play(page)
  await until('its edge is switched again', async () => (await mode(mark)) === 'async', 60)
  const at = parseFloat(flip.at) / (flip.at.endsWith('ms') ? 1000 : 1)
  assert.ok((await time(page)) >= at, `${await time(page)} s, and ${flip.at} is its time`)
  await open(Buffer.from(String(run).replace('"version": 1', '"version": 9').replace('"version":1', '"version":9')))
  await page.getByRole('dialog').getByText('This run could not be opened').waitFor()
  await close()
})

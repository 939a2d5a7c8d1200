// All commands in one search, and single-letter keys that can be switched off.
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

const field = (page) => page.getByRole('combobox', { name: 'All commands' })
const first = (page) => page.locator('#found [role=option]').first().textContent()
const name = (page) => page.evaluate(() => document.activeElement?.id)

/** Opens the commands, types, and takes the first that fits. */
async function command(page, text, expected) {
  await page.keyboard.press('Control+k')
  await field(page).waitFor()
  await page.keyboard.type(text)
  await until(`${text} finds ${expected}`, async () => expected.test(await first(page)) || (await first(page)), 5)
  await page.keyboard.press('Enter')
}

for (const [theme, width, height] of [['light', 1280, 720], ['dark', 390, 844]]) {
  test(`every deed is found by a few letters, ${theme}, ${width}x${height}`, async () => {
    const { page, close } = await visit(browser, site.url, { theme, width, height })
    await engine(page)
    await page.getByRole('button', { name: 'All commands' }).click()
    await field(page).waitFor()
    assert.deepEqual(await axe(page), [], 'the commands')
    await page.keyboard.press('Escape')
    await becomes('the commands', () => field(page).count(), 0)

    await command(page, 'chec pay', /Checkout → Payments/)
    await becomes('the keyboard', () => name(page), 'edge-checkout-payments')
    await command(page, 'switch edge', /Switch the edge/)
    await becomes('the mode', () => mode(page, 'checkout-payments'), 'async')
    await command(page, 'undo', /^Undo/)
    await becomes('the mode', () => mode(page, 'checkout-payments'), 'sync')

    // What is out of sight comes into sight.
    for (let step = 0; step < 6; step++) await page.keyboard.press('+')
    await command(page, 'add data', /Add: Database/)
    await command(page, 'email', /E-mail/)
    await becomes('the keyboard', () => name(page), 'node-email')
    const card = await node(page, 'email').locator('.card').boundingBox()
    const board = await page.locator('#diagram').boundingBox()
    const middle = { x: card.x + card.width / 2, y: card.y + card.height / 2 }
    assert.ok(middle.x > board.x && middle.x < board.x + board.width && middle.y > board.y && middle.y < board.y + board.height)

    await command(page, 'scenario empty', /an empty board/)
    await becomes('the number of nodes', () => page.locator('[data-node]').count(), 0)
    await command(page, 'add cl', /Add: Client/)
    await becomes('the number of nodes', () => page.locator('[data-node]').count(), 1)
    await close()
  })
}

test('the list walks by arrows, and the keyboard stays in it', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await page.keyboard.press('Control+k')
  const chosen = () => page.locator('#found [aria-selected=true]').textContent()
  const one = await chosen()
  await page.keyboard.press('ArrowDown')
  await until('another one', async () => (await chosen()) !== one, 5)
  await page.keyboard.press('ArrowUp')
  await page.keyboard.press('ArrowUp')
  await until('the last', async () => /Scenario/.test(await chosen()) || (await chosen()), 5)
  await page.keyboard.press('Tab')
  await becomes('the keyboard', () => name(page), 'finder')
  await page.keyboard.type('qqqq')
  await page.getByText('Nothing fits.').waitFor()
  await page.keyboard.press('Enter')
  await page.keyboard.press('Control+k')
  await becomes('the search', () => field(page).count(), 0)
  await close()
})

test('single-letter keys are switched off, and stay off', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await page.keyboard.press('?')
  await page.getByRole('switch', { name: /single letter/ }).click()
  await page.locator('.sheet .off').first().waitFor()
  assert.deepEqual(await axe(page), [], 'the list of keys without letters')
  await page.keyboard.press('Escape')
  await page.reload()
  await engine(page)
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await page.keyboard.press('a')
  await page.waitForTimeout(300)
  assert.equal(await mode(page, 'checkout-payments'), 'sync')
  assert.equal(await page.getByRole('combobox', { name: 'Add to the board' }).count(), 0)
  await command(page, 'single', /Single-letter keys/)
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await becomes('the mode', () => mode(page, 'checkout-payments'), 'async')
  await close()
})

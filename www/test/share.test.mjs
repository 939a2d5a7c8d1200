// A board goes out as a link and comes in by one; what is wrong with a link is told, and the board of the visitor stays.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { edge, engine, node, until } from './board.mjs'
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

/** Opens the dialog by the keyboard and reads the link. */
async function link(page) {
  await page.getByRole('button', { name: 'Share', exact: true }).focus()
  await page.keyboard.press('Enter')
  return page.getByLabel('Link', { exact: true }).inputValue()
}
const says = (page, words) => until(`it says ${words}`, async () => ((said) => words.test(said) || said)(await page.getByRole('dialog').innerText()), 5)

test('a link opens the board, its seed and its view somewhere else', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await page.keyboard.press('+')
  const sent = await link(page)
  assert.ok(sent.startsWith(`${site.url}#s=1.`), sent)
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('Escape')
  assert.equal(await page.getByRole('dialog').count(), 0)
  assert.equal(await page.evaluate(() => document.activeElement.textContent), 'Share', 'the keyboard is where it was')
  const view = await page.locator('#diagram > g').getAttribute('transform')
  await close()

  const other = await visit(browser, sent)
  await engine(other.page)
  assert.equal(await edge(other.page, 'checkout-payments').getAttribute('data-mode'), 'async')
  const there = (await other.page.locator('#diagram > g').getAttribute('transform')).match(/[-\d.]+/g).map(Number)
  view.match(/[-\d.]+/g).map(Number).forEach((number, place) => assert.ok(Math.abs(number - there[place]) < 3, `${view} or ${there}`))
  assert.equal(await link(other.page), sent, 'the same link goes on')
  await other.close()
})

test('a visitor keeps the own board, and the address forgets a board that was changed', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const sent = await link(page)
  await page.keyboard.press('Escape')
  await node(page, 'email').focus()
  await page.keyboard.press('Delete')
  await page.evaluate((to) => { location.href = to }, sent)
  await node(page, 'email').waitFor()
  await page.keyboard.press('Control+z')
  await until('the own board is back', async () => (await node(page, 'email').count()) === 0, 5)
  assert.equal(new URL(page.url()).hash, '')
  await close()
})

test('a broken link says what is wrong and what to do', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const sent = await link(page)
  await page.keyboard.press('Escape')
  for (const [fragment, words] of [[sent.split('#')[1].slice(0, 300), /end of the link is missing/], ['s=7.abc', /version 7.*Reload/s], ['s=1.abc!', /Sign 4.*“!”/s]]) {
    await page.evaluate((to) => { location.hash = to }, fragment)
    await says(page, words)
    assert.deepEqual(await axe(page), [])
    await page.keyboard.press('Escape')
    assert.equal(await node(page, 'shoppers').count(), 1)
  }
  await close()
})

test('copies where the browser lets it, and marks the link where not', async () => {
  const { page, context, close } = await visit(browser, site.url)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: site.origin })
  await engine(page)
  const sent = await link(page)
  await page.getByRole('button', { name: 'Copy: Link' }).click()
  await says(page, /Copied\./)
  assert.equal(await page.evaluate(() => navigator.clipboard.readText()), sent)
  await page.keyboard.press('Escape')
  await page.evaluate(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
    document.execCommand = () => false
  })
  await link(page)
  await page.getByRole('button', { name: 'Copy: Link' }).click()
  await says(page, /marked.*Ctrl\+C/s)
  assert.equal(await page.evaluate(() => { const field = document.activeElement; return field.value.slice(field.selectionStart, field.selectionEnd) }), sent)
  await close()
})

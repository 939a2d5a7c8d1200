// What goes wrong around the page must not take the board with it.
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { engine, node, pass, time, until } from './board.mjs'
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

test('a card that is pushed far away does not stop the page', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await play(page)
  await node(page, 'email').focus()
  for (let push = 0; push < 70; push++) await page.keyboard.press('Shift+ArrowDown')
  await pass(page, 3)
  assert.equal(await page.locator('#recovery').count(), 0)
  await close()
})

test('a remembered board that cannot be read is told and put aside, not lost', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const broken = '{"nodes": {"mine": {"kind": {"service": {"threds": 3}}}}}'
  await page.evaluate((text) => localStorage.setItem('tailback.board', text), broken)
  await page.reload()
  await engine(page)
  await until('the story tells it', async () => ((said) => /could not be read.*threds/.test(said) || said)(await page.locator('.story').textContent()), 5)
  assert.equal(await page.evaluate(() => localStorage.getItem('tailback.board.unread')), broken)
  await close()
})

test('runs where nothing may be stored', async () => {
  const { page, context, close } = await visit(browser, 'about:blank', { allow: [/origin/] })
  await context.addInitScript(() => {
    Object.defineProperty(window, 'localStorage', { get: () => { throw new DOMException('denied', 'SecurityError') } })
  })
  await page.goto(site.url)
  await engine(page)
  await play(page)
  await pass(page, 1)
  await close()
})

test('keys still work after the speed was set by pointer', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await page.getByRole('slider', { name: 'Speed' }).click()
  await page.keyboard.press('k')
  await until('it plays', async () => (await time(page)) > 0 || (await time(page)), 5)
  await close()
})

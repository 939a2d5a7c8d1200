// Boards are kept by themselves, listed, renamed, copied, deleted and brought back; files go out and come in; nothing is
// overwritten by another tab, and a storage that is full is told.
import assert from 'node:assert/strict'
import { readFile } from 'node:fs/promises'
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

const kept = (page) => page.evaluate(() => Object.keys(localStorage).filter((key) => key.startsWith('tailback.boards/')))
const home = async (page) => {
  await page.keyboard.press('Control+o')
  await page.getByRole('dialog').waitFor()
}
const names = (page) => page.locator('section[aria-labelledby="home-boards"] .tile b').allInnerTexts()
const listed = (page, wanted) => until(`the boards are ${wanted}`, async () => ((seen) => seen.join() === wanted.join() || seen)(await names(page)), 5)
const flip = async (page, id = 'checkout-payments') => {
  await edge(page, id).focus()
  await page.keyboard.press('s')
}
const notice = (page, words) => until(`a notice says ${words}`, async () => ((said) => words.test(said) || said)((await page.locator('.notice').allInnerTexts()).join()), 5)

test('a board is kept when it is changed, and is there again after a reload', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  assert.deepEqual(await kept(page), [], 'a visit alone keeps nothing')
  await flip(page)
  assert.equal((await kept(page)).length, 1)
  await page.reload()
  await engine(page)
  assert.equal(await edge(page, 'checkout-payments').getAttribute('data-mode'), 'async')
  await flip(page, 'payments-database')
  assert.equal((await kept(page)).length, 1, 'the same board')
  await close()
})

test('boards are renamed, copied, deleted and put back, by the keyboard too', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await flip(page)
  await home(page)
  await listed(page, ['The shop'])
  assert.deepEqual(await axe(page), [])
  await page.getByRole('button', { name: 'Rename The shop' }).press('Enter')
  await page.getByLabel('New name of The shop').fill('Mine')
  await page.keyboard.press('Enter')
  await listed(page, ['Mine'])
  await page.getByRole('button', { name: 'Duplicate Mine' }).press('Enter')
  await listed(page, ['Mine (copy)', 'Mine'])
  await page.getByRole('button', { name: 'Delete Mine', exact: true }).press('Enter')
  await listed(page, ['Mine (copy)'])
  await page.getByRole('button', { name: /A retry storm/ }).click()
  await node(page, 'orders').waitFor()
  await page.locator('.notice').getByRole('button', { name: 'Undo' }).click()
  await home(page)
  await until('both are there', async () => (await names(page)).length === 2, 5)
  await page.locator('.tile', { has: page.locator('b', { hasText: /^Mine$/ }) }).click()
  await edge(page, 'checkout-payments').waitFor()
  assert.equal(await page.locator('.board-name').innerText(), 'Mine')
  await close()
})

test('another tab is told of, and never overwritten', async () => {
  const { page, context, close } = await visit(browser, site.url)
  await engine(page)
  await flip(page)
  const other = await context.newPage()
  await other.goto(site.url)
  await engine(other)
  await flip(other, 'payments-database')
  await notice(page, /Another tab has changed/)
  await flip(page, 'gateway-catalogue')
  await notice(page, /Both are kept/)
  assert.equal((await kept(page)).length, 2)
  await other.reload()
  await engine(other)
  assert.equal(await edge(other, 'payments-database').getAttribute('data-mode'), 'async')
  assert.equal(await edge(other, 'gateway-catalogue').getAttribute('data-mode'), 'sync')
  await close()
})

test('a full storage is told, and what was kept stays', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await flip(page)
  const before = await page.evaluate(() => {
    for (let size = 4 << 20, place = 0; size > 0; place++) {
      try { localStorage.setItem(`filler${place}`, 'x'.repeat(size)) } catch { size >>= 1 }
    }
    const key = Object.keys(localStorage).find((key) => key.startsWith('tailback.boards/'))
    return localStorage.getItem(key)
  })
  await page.keyboard.press('a')
  await page.keyboard.press('Escape')
  for (let step = 0; step < 3; step++) {
    await page.locator('.palette').getByRole('button', { name: 'Service' }).press('Enter')
  }
  await notice(page, /storage for this page is full/)
  const key = (await kept(page))[0]
  assert.ok((await page.evaluate((key) => localStorage.getItem(key), key)).length >= before.length)
  await close()
})

test('nothing to store in is told once something should be kept', async () => {
  const { page, context, close } = await visit(browser, 'about:blank', { allow: [/origin/] })
  await context.addInitScript(() => {
    for (const name of ['localStorage', 'sessionStorage']) Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError') } })
  })
  await page.goto(site.url)
  await engine(page)
  assert.equal(await page.locator('.notice').count(), 0)
  await flip(page)
  await notice(page, /keeps nothing for this page/)
  await home(page)
  await close()
})

test('the board goes out as a file of each kind, and comes in by choice and by drop', async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  await flip(page)
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const begins = { JSON: /^\{\s*"about"|^\{/, SVG: /^<svg/, PNG: /^.PNG/s, Mermaid: /^flowchart/ }
  let board
  for (const [kind, start] of Object.entries(begins)) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('dialog').getByRole('button', { name: kind, exact: true }).click()])
    const path = await download.path()
    assert.match(await readFile(path, 'latin1'), start, kind)
    assert.match(download.suggestedFilename(), /^the-shop\.\w+$/)
    if (kind === 'JSON') board = await readFile(path, 'utf8')
  }
  await page.keyboard.press('Escape')
  await page.keyboard.press('Control+o')
  await page.locator('input[type="file"]').setInputFiles({ name: 'from-disk.json', mimeType: 'application/json', buffer: Buffer.from(board.replace('The shop', 'From the disk')) })
  await until('it is open', async () => ((name) => name === 'From the disk' || name)(await page.locator('.board-name').innerText()), 5)
  assert.equal(await edge(page, 'checkout-payments').getAttribute('data-mode'), 'async')
  const drop = (text, name) => page.evaluate(([text, name]) => {
    const data = new DataTransfer()
    data.items.add(new File([text], name, { type: 'application/json' }))
    document.body.dispatchEvent(new DragEvent('drop', { dataTransfer: data, bubbles: true, cancelable: true }))
  }, [text, name])
  await drop('{"nodes": {"a": {"kind": {"service": {"threds": 1}}}}}', 'broken.json')
  await until('it says what is wrong', async () => ((said) => /broken\.json.*threds/s.test(said) || said)(await page.getByRole('dialog').innerText()), 5)
  await page.keyboard.press('Escape')
  await drop('{"name": "Dropped", "nodes": {"a": {"kind": {"service": {}}}}}', 'dropped.json')
  await until('it is open', async () => ((name) => name === 'Dropped' || name)(await page.locator('.board-name').innerText()), 5)
  await page.keyboard.press('Control+z')
  await until('undo brings the board back', async () => ((name) => name === 'From the disk' || name)(await page.locator('.board-name').innerText()), 5)
  await close()
})

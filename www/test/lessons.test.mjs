// Every lesson as a learner takes it: from the list to the solved puzzle, by its own buttons, on three sizes of screen.
import assert from 'node:assert/strict'
import { readFileSync, readdirSync } from 'node:fs'
import { after, before, test } from 'node:test'
import { becomes, engine, time, until } from './board.mjs'
import { axe, launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH } from './tailback.mjs'

const folder = new URL('../../crate/lessons/lesson/', import.meta.url)
const lessons = readdirSync(folder)
  .filter((name) => name !== 'proven.json')
  .map((name) => JSON.parse(readFileSync(new URL(name, folder))))

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

const card = (page) => page.locator('.lesson')
const press = (page, name) => card(page).getByRole('button', { name, exact: true }).click()

async function open(page, slug) {
  await page.getByRole('button', { name: 'Lessons', exact: true }).click()
  await page.locator(`[data-lesson="${slug}"]`).click()
  await card(page).waitFor()
}

/** Guesses if there is something to guess, does what the step says, and waits until it is explained. */
async function step(page, guess = 'No idea: show me') {
  const answers = card(page).getByRole('radio')
  if ((await answers.count()) > 0) await card(page).getByRole('radio', { name: guess }).check()
  await card(page).locator('.do').click()
  await press(page, 'Faster')
  await card(page).locator('.why').waitFor({ timeout: 60_000 })
}

/** Runs the puzzle to its end and says what came of it. */
async function verdict(page) {
  await press(page, 'Faster')
  const said = card(page).locator('.verdict')
  await said.waitFor({ timeout: 60_000 })
  return said.textContent()
}

for (const lesson of lessons) {
  test(`${lesson.slug}: every step, then the puzzle by the first of its ways`, async () => {
    const { page, close } = await visit(browser, site.url, { width: 1920, height: 1080 })
    await engine(page)
    await open(page, lesson.slug)
    for (const [place, { ask }] of lesson.steps.entries()) {
      await step(page)
      const why = await card(page).locator('.why').textContent()
      assert.doesNotMatch(why, /[{}–]/, 'every figure has a value')
      assert.match(why, /Proven with 20 of 20 seeds/)
      if (ask) assert.equal(await card(page).locator('.question .right').count(), 1, `step ${place + 1}: one answer is right`)
      await press(page, place + 1 < lesson.steps.length ? 'Next' : 'To the puzzle')
    }
    await card(page).locator('.do').click()
    assert.match(await verdict(page), /^Not yet/)
    await card(page).getByText(/ways that work$/).click()
    await card(page).getByRole('button', { name: /^Try: / }).first().click()
    assert.match(await verdict(page), /^Solved/)
    await close()
  })
}

for (const [width, height] of [[1280, 720], [390, 844]]) {
  test(`a lesson at ${width}x${height}: nothing is hidden, nothing too wide, and axe is content`, async () => {
    const { page, close } = await visit(browser, site.url, { width, height, hasTouch: width < 600 })
    await engine(page)
    await page.getByRole('button', { name: 'Lessons', exact: true }).click()
    assert.deepEqual(await axe(page), [], 'the list')
    await page.locator('[data-lesson="slow-dependency"]').click()
    await step(page)
    await press(page, 'Next')
    assert.deepEqual(await axe(page), [], 'a question')
    await step(page)
    await card(page).getByText(/^Proven with/).click()
    assert.deepEqual(await axe(page), [], 'an explanation')
    const cut = () => card(page).locator('.card-body, .card-body p, .card-body summary, footer button').evaluateAll((all) => all.filter((one) => one.scrollWidth > one.clientWidth + 1 && one.clientWidth > 0).map((one) => one.textContent))
    assert.deepEqual(await cut(), [], 'no text is cut off')
    for (let place = 3; place <= 4; place++) await press(page, 'Next')
    await press(page, 'To the puzzle')
    await card(page).getByText(/ways that work$/).click()
    assert.deepEqual(await axe(page), [], 'the puzzle')
    assert.deepEqual(await cut(), [], 'no text is cut off in the puzzle')
    const { scroll, inner } = await page.evaluate(() => ({ scroll: document.documentElement.scrollWidth, inner: innerWidth }))
    assert.equal(scroll, inner, 'nothing is wider than the screen')
    await close()
  })
}

test('the same step is the same run: after a reset, and in the terminal', async () => {
  const { page, close } = await visit(browser, `${site.url}#lesson=slow-dependency.1`, { width: 1920, height: 1080 })
  await engine(page)
  assert.equal(await time(page), 15, 'the step begins where the one before it ended')
  await step(page, 'Readers only: shoppers do not need Reviews')
  assert.match(await card(page).locator('.verdict').textContent(), /^Not quite/)
  const first = await card(page).locator('.why').textContent()
  assert.equal(await time(page), 43, 'time stands at the end of what was to be seen')
  await press(page, 'Again')
  await until('the step begins anew', async () => (await time(page)) === 15, 5)
  await card(page).locator('.do').click()
  await press(page, 'Faster')
  await card(page).locator('.why').waitFor({ timeout: 60_000 })
  assert.equal(await card(page).locator('.why').textContent(), first)
  await close()
})

test('a step that is done on the board is done, keys lead on, and the lesson is there after a reload', async () => {
  const { page, close } = await visit(browser, site.url, { width: 1920, height: 1080 })
  await engine(page)
  await open(page, 'what-a-queue-is')
  await page.keyboard.press('PageDown')
  assert.equal(await card(page).locator('.waiting').count(), 0, 'a guess comes first')
  await card(page).getByRole('radio', { name: 'A handful' }).check()
  // By the transport, not by the card.
  await page.locator('.transport .play').click()
  await card(page).locator('.waiting').waitFor()
  await page.keyboard.press('PageDown')
  await card(page).locator('.why').waitFor({ timeout: 60_000 })
  assert.match(await card(page).locator('.verdict').textContent(), /^Right/)
  await page.keyboard.press('PageDown')
  await card(page).getByRole('heading', { name: /^2\. / }).waitFor()
  await page.keyboard.press('PageUp')
  await card(page).getByRole('heading', { name: /^1\. / }).waitFor()
  await page.reload()
  await engine(page)
  await card(page).getByRole('heading', { name: /^1\. / }).waitFor()
  await press(page, 'Close the lesson')
  assert.equal(await card(page).count(), 0)
  assert.match(await page.locator('.board-name').textContent(), /What a queue is/, 'the board stays')
  await page.keyboard.press('Control+z')
  await until('the own board is back', async () => /shop/i.test(await page.locator('.board-name').textContent()), 5)
  await page.getByRole('button', { name: 'Lessons', exact: true }).click()
  assert.match(await page.locator('[data-lesson="what-a-queue-is"]').textContent(), /1 of 3 steps/)
  await close()
})

test('what has to stay is watched over in the puzzle', async () => {
  const { page, close } = await visit(browser, `${site.url}#lesson=one-thread.4`, { width: 1920, height: 1080 })
  await engine(page)
  await page.locator('[data-node="users"]').focus()
  await page.keyboard.press('Delete')
  await card(page).getByText('Something was changed that has to stay').waitFor()
  await page.keyboard.press('Control+z')
  await until('nothing is amiss', async () => (await card(page).getByText('Something was changed').count()) === 0, 5)
  await close()
})

test('what was made for the puzzle is there after a reload, and stays when the lesson is closed', async () => {
  const { page, close } = await visit(browser, `${site.url}#lesson=slow-dependency.4`, { width: 1280, height: 720 })
  await engine(page)
  const mode = () => page.locator('[data-edge="gateway-reviews"]').getAttribute('data-mode')
  assert.equal(await mode(), 'sync')
  await page.locator('[data-edge="gateway-reviews"]').focus()
  await page.keyboard.press('s')
  await becomes('the edge', mode, 'async')
  await page.reload()
  await engine(page)
  await card(page).getByText('The puzzle').waitFor()
  await becomes('the edge', mode, 'async')
  await press(page, 'Close the lesson')
  await page.waitForTimeout(1000)
  await page.goto(site.url)
  await engine(page)
  assert.equal(await card(page).count(), 0)
  assert.equal(await mode(), 'async')
  await close()
})

test('on a projector: light, large, two charts, and a clicker is enough', async () => {
  const { page, close } = await visit(browser, `${site.url}#lesson=flip-the-edge`, { width: 1280, height: 720, theme: 'dark' })
  await engine(page)
  const theme = () => page.evaluate(() => document.documentElement.dataset.theme)
  assert.equal(await theme(), 'dark')
  await press(page, 'Present')
  await page.locator('.presenting').waitFor()
  assert.equal(await theme(), 'light')
  assert.equal(await page.locator('.chart:visible').count(), 2)
  await page.keyboard.press('PageDown')
  await card(page).locator('.waiting').waitFor()
  await page.keyboard.press('PageDown')
  await card(page).locator('.why').waitFor({ timeout: 60_000 })
  assert.ok(await page.locator('.lesson .why p').first().evaluate((text) => parseFloat(getComputedStyle(text).fontSize) >= 18))
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('PageDown')
  assert.equal(await page.locator('.transport .play').textContent(), 'Play', 'time stands before what is triggered')
  await page.keyboard.press('Control+.')
  await until('it is over', async () => (await page.locator('.presenting').count()) === 0, 5)
  assert.equal(await theme(), 'dark')
  await close()
})

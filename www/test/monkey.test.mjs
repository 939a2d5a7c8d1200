// A monkey at the page: pointer, keys, buttons and edits at random, but from a seed. Nothing breaks, nothing is told to the
// console, and at the end the engine runs what the board shows.
//
//   MONKEY=5000 MONKEY_SEED=3 node --test monkey.test.mjs
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { engine, time, until } from './board.mjs'
import { launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH } from './tailback.mjs'

const COUNT = Number(process.env.MONKEY ?? 500)
const SEED = Number(process.env.MONKEY_SEED ?? 1)
/** More would be a test of the engine's speed. */
const MOST = 40

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

/** Mulberry32: whole numbers below a bound. */
function luck(seed) {
  let state = seed >>> 0
  return (below) => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below
  }
}

const KEYS = [
  ...'sxcealkrmq[].,+-0?'.split(''), 'Space', 'Enter', 'Enter', 'Escape', 'Escape', 'Tab', 'Shift+Tab', 'Delete', 'Backspace', 'F2', 'Home', 'End',
  'ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown', 'Shift+ArrowLeft', 'Shift+ArrowDown', 'Shift+F10', 'Shift+R', 'Shift+1',
  'Alt+Shift+ArrowLeft', 'Alt+Shift+ArrowDown', 'Alt+r', 'Control+ArrowRight', 'Control+ArrowDown', 'Control+ArrowLeft', 'Control+Delete',
  'Control+a', 'Control+d', 'Control+c', 'Control+x', 'Control+v', 'Control+z', 'Control+z', 'Control+z', 'Control+Shift+Z', 'Control+y', 'Control+k',
  'Control+Shift+ArrowUp', 'Control+Shift+ArrowLeft', 'Control+Shift+ArrowRight',
]

test(`${COUNT} actions of a monkey with the seed ${SEED}`, { timeout: 60_000 + COUNT * 400 }, async () => {
  const { page, close } = await visit(browser, site.url)
  await engine(page)
  const draw = luck(SEED)
  const of = (list) => list[draw(list.length)]
  const nodes = () => page.locator('[data-node]').count()
  const { x, y, width, height } = await page.locator('#diagram').boundingBox()
  const somewhere = () => ({ x: x + draw(Math.floor(width)), y: y + draw(Math.floor(height)) })
  /** The middle of something that can be pressed; anywhere on the board if there is none. */
  const thing = async (selector) => {
    const boxes = await page.evaluate((selector) => [...document.querySelectorAll(selector)].map((one) => {
      const { x, y, width, height } = one.getBoundingClientRect()
      return { x: x + width / 2, y: y + height / 2 }
    }).filter((at) => at.x > 0 && at.y > 0 && at.x < innerWidth && at.y < innerHeight), selector)
    return boxes.length > 0 ? of(boxes) : somewhere()
  }
  const drag = async (from, to, key) => {
    if (key) await page.keyboard.down(key)
    await page.mouse.move(from.x, from.y)
    await page.mouse.down()
    await page.mouse.move((from.x + to.x) / 2, (from.y + to.y) / 2, { steps: 2 })
    await page.mouse.move(to.x, to.y, { steps: 2 })
    // Now and then it thinks better of it.
    if (draw(8) === 0) await page.keyboard.press('Escape')
    await page.mouse.up()
    if (key) await page.keyboard.up(key)
  }
  const click = async (at, options) => page.mouse.click(at.x, at.y, options)
  const deeds = [
    [30, () => page.keyboard.press(of(KEYS))],
    [6, async () => page.keyboard.type(of(['se', 'client', '12', 'x', 'fault', 'broker', '0.5', 'pay']))],
    [10, async () => drag(await thing('[data-node] .card'), somewhere(), of([undefined, undefined, 'Shift']))],
    [6, async () => drag(await thing('.port'), of([await thing('[data-node] .card'), somewhere()]))],
    [4, async () => drag(await thing('.handle'), await thing('[data-node] .card'))],
    [4, async () => drag(somewhere(), somewhere(), of([undefined, 'Shift']))],
    [4, async () => drag(await thing('.palette button'), of([somewhere(), await thing('.badge')]))],
    [6, async () => click(await thing('[data-node] .card'))],
    [5, async () => click(await thing('.badge, .box'))],
    [4, async () => click(of([somewhere(), await thing('[data-node] .card'), await thing('.badge')]), { button: 'right' })],
    [2, async () => { const at = somewhere(); await page.mouse.dblclick(at.x, at.y) }],
    [8, async () => click(await thing('[role=menuitem], [role=option]'))],
    [6, async () => click(await thing('.side button, .side select, .side input, .side summary'))],
    [4, async () => click(await thing('.transport button, .transport input'))],
    [2, async () => click(await thing('.header button'))],
    [3, async () => { const at = somewhere(); await page.mouse.move(at.x, at.y); await page.mouse.wheel(0, draw(800) - 400) }],
  ]
  const total = deeds.reduce((sum, [weight]) => sum + weight, 0)
  for (let step = 0; step < COUNT; step++) {
    let place = draw(total)
    const [, deed] = deeds.find(([weight]) => (place -= weight) < 0)
    await deed()
    if (step % 20 === 0) {
      assert.equal(await page.locator('#recovery').isVisible(), false, `it broke before step ${step}`)
      if (await nodes() > MOST) {
        await page.keyboard.press('Escape')
        await page.keyboard.press('Escape')
        await page.locator('#diagram').focus()
        await page.keyboard.press('Control+a')
        await page.keyboard.press('Delete')
      }
    }
  }
  for (let step = 0; step < 5; step++) await page.keyboard.press('Escape')
  // A lesson's step begins anew after a reload; what was made of its board is kept once it is closed.
  const lesson = page.getByRole('button', { name: 'Close the lesson' })
  if (await lesson.count()) await lesson.click()
  // The run goes on with what the board shows, and the board is there again after a reload.
  const running = page.locator('.transport .play')
  if (/Play/.test(await running.textContent())) await running.click()
  await until('time passes', async () => (await time(page)) > 0 || (await time(page)), 30)
  await until('board and engine agree', () => page.evaluate(() => document.documentElement.dataset.agrees === '1'), 30)
  assert.equal(await page.locator('#recovery').isVisible(), false)
  const names = () => page.locator('[data-node], [data-edge]').evaluateAll((all) => all.map((one) => one.id).sort().join(' '))
  const had = await names()
  await page.waitForTimeout(1500)
  await page.reload()
  await engine(page)
  assert.equal(await names(), had)
  await close()
})

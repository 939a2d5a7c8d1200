// Reads the board as the page shows it, and does on it what a person does.
import { ready } from './tailback.mjs'

/** What stands on a node's or an edge's card: the numbers that the page shows of it. */
export const node = (page, id) => page.locator(`[data-node="${id}"]`)
export const edge = (page, id) => page.locator(`[data-edge="${id}"]`)

/** Whether an edge is `sync` or `async`. */
export const mode = (page, id) => edge(page, id).getAttribute('data-mode')

/** A number that an element shows. */
export const number = async (locator, name) => Number(await locator.getAttribute(`data-${name}`))

/** A figure of the side panel; not a number while there is nothing to tell. */
export const figure = async (page, key) => number(page.locator(`[data-figure="${key}"]`), 'value')

/** The simulated time in seconds. */
export const time = (page) => number(page.locator('[data-time]').first(), 'time')

/** Waits until `look` answers true; says what was seen last when it never does. */
export async function until(what, look, seconds) {
  const end = Date.now() + seconds * 1000
  let seen
  while (Date.now() < end) {
    seen = await look()
    if (seen === true) return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error(`after ${seconds} s, still not: ${what} (${JSON.stringify(seen)})`)
}

/** Waits until `look` answers `wanted`: the page draws what it was told a moment after the key. */
export const becomes = (what, look, wanted, seconds = 5) => until(`${what} is ${wanted}`, async () => ((seen) => seen === wanted || seen)(await look()), seconds)

/** Waits for so many seconds of simulated time. */
export async function pass(page, seconds, patience = 60) {
  const end = (await time(page)) + seconds
  await until(`${seconds} s of simulated time`, async () => (await time(page)) >= end || (await time(page)), patience)
}

/** Does a step of the guide by its own button. */
export const guide = (page, name) => page.locator('.guide').getByRole('button', { name }).click()

/** Sets the speed on its slider by keys. */
export async function speed(page, word) {
  const slider = page.getByRole('slider', { name: 'Speed' })
  await slider.focus()
  await slider.press('Home')
  for (let step = 0; step < 20; step++) {
    if ((await slider.getAttribute('aria-valuetext')) === word) return
    await slider.press('ArrowRight')
  }
  throw new Error(`the speed ${word} is not on the slider`)
}

/** Waits until the page is ready and says which engine it has. */
export async function engine(page) {
  await ready(page)
  return page.evaluate(() => document.documentElement.dataset.engine)
}

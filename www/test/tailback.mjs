// What the tests and measurements know of the page: where it is built, when it is ready, how it is set going.
import { fileURLToPath } from 'node:url'

/** The built page. */
export const DIST = fileURLToPath(new URL('../../dist', import.meta.url))

/** A path such as a page gets on a shared host: nothing in the page may expect to stand at the top. */
export const SUB_PATH = '/some/sub/path/'

/** Waits until the app has drawn its board and its engine answers. */
export async function ready(page) {
  await page.waitForFunction(() => document.documentElement.dataset.ready === '1', null, { timeout: 30_000 })
}

/** Sets the simulation going. */
export async function play(page) {
  await page.getByRole('button', { name: /^Play/ }).first().click()
}

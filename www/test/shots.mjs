// Takes pictures of the built page in every size and theme, into www/test/out/.
//
//   node www/test/shots.mjs [actions.mjs]
//
// A module of actions has a default export: a list of `{ name, run(page) }`. They are done one after the other on the
// same page, with a picture after each.
import { mkdir } from 'node:fs/promises'
import { resolve } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH, ready } from './tailback.mjs'

const SIZES = [[1920, 1080], [1280, 720], [390, 844]]
const THEMES = ['light', 'dark']
const OUT = fileURLToPath(new URL('out', import.meta.url))

const given = process.argv[2]
const actions = given ? (await import(pathToFileURL(resolve(given)))).default : [{ name: 'start', run: async () => {} }]

await mkdir(OUT, { recursive: true })
const site = await serve(DIST, { prefix: SUB_PATH })
const browser = await launch()
let clean = true
try {
  for (const [width, height] of SIZES) {
    for (const theme of THEMES) {
      const { page, problems, close } = await visit(browser, site.url, { width, height, theme })
      await ready(page)
      for (const { name, run } of actions) {
        await run(page)
        const path = `${OUT}/${name}-${width}x${height}-${theme}.png`
        await page.screenshot({ path })
        console.log(path)
      }
      // Pictures are for looking at faults too, so that a visit with problems is told and not fatal.
      for (const problem of problems) console.log(`  ${problem}`)
      clean &&= problems.length === 0
      await close().catch(() => {})
    }
  }
} finally {
  await browser.close()
  await site.close()
}
process.exitCode = clean ? 0 : 1

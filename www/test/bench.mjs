// Measures how smoothly the built page runs: an empty animated page and Tailback at play, one after the other, in one run.
import { launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH, play, ready } from './tailback.mjs'

const SECONDS = 10
const SIZE = { width: 1280, height: 720 }
const FRAME_MS = 17
const FRAME_RATIO = 1.1
const SCRIPT_MS = 6
const LONG_TASK_MS = 50

const EMPTY = `<!doctype html><title>empty</title>
<div id="dot" style="position:absolute;width:20px;height:20px;background:teal"></div>
<script>
  const move = (now) => {
    dot.style.transform = 'translateX(' + (now / 5 % 600) + 'px)'
    requestAnimationFrame(move)
  }
  requestAnimationFrame(move)
</script>`

/**
 * Does `start`, then watches the page for a while: the time between frames, the work in a frame, and the tasks that were
 * too long. Those are counted from before the start, because a person feels them there too.
 */
async function measure(page, start = async () => {}) {
  await page.evaluate(() => {
    window.longTasks = []
    const note = (list) => window.longTasks.push(...list.getEntries().map((entry) => entry.duration))
    new PerformanceObserver(note).observe({ type: 'longtask' })
  })
  await start()
  // The first second compiles and fills; the frames that last are the ones that count.
  await page.waitForTimeout(1000)

  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const before = await spent(devtools)
  const intervals = await page.evaluate(frameIntervals, SECONDS * 1000)
  const after = await spent(devtools)
  const long = await page.evaluate(() => window.longTasks)

  const sorted = intervals.toSorted((a, b) => a - b)
  const quantile = (share) => sorted[Math.floor(share * (sorted.length - 1))]
  return {
    frames: intervals.length,
    mean: intervals.reduce((sum, interval) => sum + interval, 0) / intervals.length,
    median: quantile(0.5),
    p95: quantile(0.95),
    script: (after.script - before.script) / intervals.length,
    task: (after.task - before.task) / intervals.length,
    longTasks: long.length,
    longest: Math.max(0, ...long),
  }
}

/** What the page's main thread has worked so far, in ms. */
async function spent(devtools) {
  const { metrics } = await devtools.send('Performance.getMetrics')
  const ms = (name) => 1000 * metrics.find((metric) => metric.name === name).value
  return { script: ms('ScriptDuration'), task: ms('TaskDuration') }
}

/** Runs in the page. */
function frameIntervals(span) {
  return new Promise((resolve) => {
    const times = []
    const frame = (now) => {
      times.push(now)
      if (now - times[0] < span) requestAnimationFrame(frame)
      else resolve(times.slice(1).map((time, index) => time - times[index]))
    }
    requestAnimationFrame(frame)
  })
}

async function emptyPage(browser) {
  const { page, close } = await visit(browser, 'about:blank', SIZE)
  await page.setContent(EMPTY)
  const figures = await measure(page)
  await close()
  return figures
}

async function tailback(browser, url) {
  const { page, close } = await visit(browser, url, SIZE)
  await ready(page)
  const figures = await measure(page, () => play(page))
  await close()
  return figures
}

const site = await serve(DIST, { prefix: SUB_PATH })
const browser = await launch()
let empty
let full
try {
  empty = await emptyPage(browser)
  full = await tailback(browser, site.url)
} finally {
  await browser.close()
  await site.close()
}

const rounded = (figures) => Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, Math.round(value * 100) / 100]))
console.log(`${SECONDS} s each at ${SIZE.width}x${SIZE.height}; mean, median, p95 and longest in ms; script and task in ms a frame`)
console.table({ 'empty page': rounded(empty), 'Tailback at play': rounded(full) })

const verdicts = [
  [
    full.median <= FRAME_MS || full.median <= FRAME_RATIO * empty.median,
    `median frame interval at most ${FRAME_MS} ms, or ${FRAME_RATIO} times the empty page's`,
  ],
  [full.script < SCRIPT_MS, `scripting under ${SCRIPT_MS} ms a frame`],
  [full.longTasks === 0, `no task longer than ${LONG_TASK_MS} ms`],
]
for (const [held, text] of verdicts) console.log(`${held ? 'ok  ' : 'MISS'} ${text}`)
process.exitCode = verdicts.every(([held]) => held) ? 0 : 1

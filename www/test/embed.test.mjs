// The page in a frame of another origin: it keeps quiet until it is seen, does what its host asks and nobody else, and where something is forbidden it runs without or says why.
import assert from 'node:assert/strict'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { edge, figure, mode, node, time, until } from './board.mjs'
import { axe, launch, visit } from './page.mjs'
import { serve } from './server.mjs'
import { DIST, SUB_PATH } from './tailback.mjs'

let browser
let site
let open
let host
let folder
before(async () => {
  browser = await launch()
  site = await serve(DIST, { prefix: SUB_PATH })
  open = await serve(DIST, { headers: { 'Access-Control-Allow-Origin': '*' } })
  folder = await mkdtemp(join(tmpdir(), 'tailback-'))
  await writeFile(join(folder, 'index.html'), HOST)
  host = await serve(folder)
})
after(async () => {
  await browser.close()
  await Promise.all([site, open, host].map((server) => server.close()))
  await rm(folder, { recursive: true })
})

// A page that puts a frame at a height of its own and keeps what the frame says.
const HOST = `<!doctype html><html lang="en"><title>Host</title><link rel="icon" href="data:,"><body style="margin: 0"><main><h1>Host</h1><script>
  const words = new URLSearchParams(location.search)
  document.querySelector('main').style.paddingTop = words.get('top') ?? '0'
  const frame = document.createElement('iframe')
  frame.title = 'The shop'
  if (words.has('sandbox')) frame.setAttribute('sandbox', words.get('sandbox'))
  if (words.has('allow')) frame.setAttribute('allow', words.get('allow'))
  frame.style = 'display: block; border: 0'
  frame.width = words.get('width') ?? 800
  frame.height = words.get('height') ?? 600
  frame.src = words.get('src')
  window.said = []
  addEventListener('message', ({ source, origin, data }) => { if (source === frame.contentWindow) said.push({ ...data, origin }) })
  document.currentScript.parentElement.append(frame)
  let last = 0
  window.ask = (message) => new Promise((resolve, reject) => {
    const id = ++last
    setTimeout(() => reject(new Error('no answer to ' + JSON.stringify(message))), 8000)
    addEventListener('message', ({ data }) => { if (data.id === id) resolve(data) })
    frame.contentWindow.postMessage({ tailback: 1, id, ...message }, '*')
  })
</script></main></body></html>`

/** Opens a host page with a frame; `words` go to Tailback, `around` to the host page. */
async function framed(t, words, { from = site, around = {}, fragment = '', ...options } = {}) {
  const src = `${from.url}?embed=1&${words}${fragment}`
  const query = new URLSearchParams({ ...around, src })
  const { page, context, close } = await visit(browser, `${host.url}?${query}`, { also: [from.origin], ...options })
  const frame = page.frames()[1] ?? (await page.waitForEvent('frameattached'))
  return { page, context, frame, close, ask: (message) => page.evaluate((message) => window.ask(message), message) }
}

const ready = (frame) => frame.waitForFunction(() => document.documentElement.dataset.ready === '1', null, { timeout: 30_000 })
const stands = async (frame, seconds = 1) => {
  const before = await time(frame)
  await new Promise((resolve) => setTimeout(resolve, seconds * 1000))
  assert.equal(await time(frame), before)
}

test('plays when it is seen, rests when it is not', async (t) => {
  const { page, frame, close } = await framed(t, 'scenario=spike&autoplay=1', { around: { top: '3000px' } })
  // A frame this far down is not drawn at all until somebody comes near.
  await new Promise((resolve) => setTimeout(resolve, 1_500))
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.seen), '0')
  await page.mouse.wheel(0, 3000)
  await ready(frame)
  await until('it plays', async () => (await time(frame)) > 0.5 || (await time(frame)), 10)
  await page.evaluate(() => scrollTo(0, 0))
  await until('it is out of sight', async () => (await frame.evaluate(() => document.documentElement.dataset.seen)) === '0', 5)
  await new Promise((resolve) => setTimeout(resolve, 400))
  await stands(frame)
  await close()
})

test('does what its host asks, in version 1, and says what is wrong', async (t) => {
  const { page, frame, ask, close } = await framed(t, `scenario=shop&origin=${encodeURIComponent(host.origin)}&readonly=1`)
  await ready(frame)
  await until('it has said that it is ready', () => page.evaluate(() => said.some(({ event }) => event === 'ready')), 5)
  assert.equal(await page.evaluate(() => said[0].origin), site.origin)
  assert.equal((await ask({ do: 'set', values: { 'edges.checkout-payments.mode': 'async', 'nodes.database.threads': 3, seed: 5 } })).ok, true)
  assert.equal(await mode(frame, 'checkout-payments'), 'async')
  assert.match(await node(frame, 'database').getAttribute('aria-label'), /of 3 connections|of 3 threads/)
  assert.equal((await ask({ do: 'fault', on: 'database', kind: { slow: 10 } })).ok, true)
  assert.equal((await ask({ do: 'speed', value: 10 })).ok, true)
  assert.equal((await ask({ do: 'play' })).ok, true)
  await until('the database is busy', async () => {
    const { at, playing, figures, services } = await ask({ do: 'figures' })
    return at > 5 && playing && figures.goodput > 0 && services.database.working > 2.5
  }, 20)
  assert.equal((await ask({ do: 'pause' })).ok, true)
  assert.deepEqual(await page.evaluate(() => said.filter(({ event }) => event === 'playing').map(({ playing }) => playing)), [true, false])
  const { board } = await ask({ do: 'board' })
  assert.deepEqual([board.edges['checkout-payments'].mode, board.seed], ['async', 5])
  assert.equal((await ask({ do: 'undo' })).ok, true)
  assert.equal(await mode(frame, 'checkout-payments'), 'sync')
  assert.equal((await ask({ do: 'load', board: { ...board, name: 'Mine' } })).ok, true)
  assert.equal((await ask({ do: 'figures' })).name, 'Mine')
  for (const [message, where, what] of [
    [{ do: 'dance' }, 'do', /dance/],
    [{ do: 'set', values: { 'nodes.database.threds': 3 } }, 'values', /threds/],
    [{ do: 'set', values: { 'nodes.nobody.threads': 3 } }, 'values.nodes.nobody.threads', /there are: /],
    [{ do: 'fault', on: 'nobody', kind: 'hang' }, 'kind', /no.*id/],
    [{ do: 'play', tailback: 9 }, 'tailback', /version 9/],
  ]) {
    const { ok, error } = await ask(message)
    assert.equal(ok, false, JSON.stringify(message))
    assert.equal(error.where, where, JSON.stringify(error))
    assert.match(error.what, what)
    assert.ok(error.fix.length > 10, JSON.stringify(error))
  }
  // Its readers may not change the board.
  await edge(frame, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await page.keyboard.press('Delete')
  assert.equal(await mode(frame, 'checkout-payments'), 'async')
  await close()
})

test('hears no host that its address does not name', async (t) => {
  for (const words of ['scenario=shop', 'scenario=shop&origin=https://example.org']) {
    const { frame, ask, close } = await framed(t, words, { allow: [/Failed to execute 'postMessage'/] })
    await ready(frame)
    const { ok, error } = await ask({ do: 'play' })
    assert.equal(ok, false)
    assert.ok(error.fix.includes(host.origin), error.fix)
    await stands(frame, 0.5)
    await close()
  }
})

test('says what is wrong in its address, and goes on', async (t) => {
  const { frame, close } = await framed(t, 'scenario=shoop&theme=dark&panels=graphs')
  await ready(frame)
  const said = await frame.locator('.notice').innerText()
  assert.match(said, /scenario=shoop.*retry-storm.*panels=graphs.*queues/s)
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.theme), 'dark')
  await close()
})

test('keeps nothing, and leaves the wheel to its host', async (t) => {
  const { page, frame, close } = await framed(t, 'scenario=shop&panels=none', { around: { top: '100px', height: '1500' } })
  await ready(frame)
  await edge(frame, 'checkout-payments').focus()
  await page.keyboard.press('s')
  assert.equal(await mode(frame, 'checkout-payments'), 'async')
  assert.deepEqual(await frame.evaluate(() => [localStorage.length, sessionStorage.length]), [0, 0])
  await page.mouse.move(400, 400)
  await page.mouse.wheel(0, 200)
  await until('the host has scrolled', () => page.evaluate(() => scrollY > 100), 5)
  await close()
})

test('runs in a closed frame where its host sends the header, and else says why not', async (t) => {
  const around = { sandbox: 'allow-scripts' }
  const { frame, ask, close } = await framed(t, `scenario=shop&autoplay=1&origin=${host.origin}`, { from: open, around, allow: [/sandbox/i, /Permissions policy/] })
  await ready(frame)
  await until('it plays', async () => (await time(frame)) > 0.5 || (await time(frame)), 15)
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.engine), 'page')
  assert.equal((await ask({ do: 'figures' })).ok, true)
  // It may open no tab: the address stands there to be copied, and copying is said not to work.
  await frame.getByRole('link', { name: 'Open full' }).click()
  const dialog = frame.getByRole('dialog')
  await until('the address is shown', async () => (await dialog.count()) === 1, 5)
  assert.match(await dialog.getByRole('textbox', { name: 'Address' }).inputValue(), /\?scenario=shop$/)
  assert.match(await dialog.innerText(), /allow-popups/)
  await dialog.getByRole('button', { name: 'Copy' }).click()
  await until('it says what became of copying', async () => /Copied|marked/.test(await dialog.innerText()), 5)
  await close()

  const closed = await framed(t, 'scenario=shop', { around, allow: [/CORS|net::ERR_FAILED|sandbox|preload/i] })
  await until('it says why it does not start', async () => closed.frame.evaluate(() => {
    const late = document.querySelector('.late')
    return late !== null && getComputedStyle(late).opacity > 0.9 && /allow-same-origin/.test(late.innerText)
  }), 15)
  await closed.close()
})

test('runs in an open sandbox, with storage and clipboard blocked', async (t) => {
  const { context, page, frame, close } = await framed(t, 'scenario=shop&controls=full&panels=side,legend,requests,queues', {
    around: { sandbox: 'allow-scripts allow-same-origin allow-popups', height: '640', width: '1100' },
    width: 1280,
    height: 800,
  })
  await context.addInitScript(() => {
    if (window === parent) return
    for (const name of ['localStorage', 'sessionStorage']) {
      Object.defineProperty(window, name, { get: () => { throw new DOMException('denied', 'SecurityError') } })
    }
    navigator.clipboard.writeText = () => Promise.reject(new DOMException('denied', 'NotAllowedError'))
    document.execCommand = () => false
  })
  await frame.goto(frame.url())
  await ready(frame)
  assert.equal(await frame.evaluate(() => document.documentElement.dataset.engine), 'worker')
  await frame.getByRole('button', { name: /^Play/ }).first().click()
  await until('goodput', async () => (await figure(frame, 'goodput')) > 100, 20)
  await page.keyboard.press('Control+k')
  await until('the search has the keyboard', () => frame.evaluate(() => document.activeElement?.id === 'finder'), 5)
  await page.keyboard.type('share by')
  await until('it found the link', async () => /^Share by/.test(await frame.locator('[aria-selected="true"]').innerText()), 5)
  await page.keyboard.press('Enter')
  const dialog = frame.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Copy' }).first().click()
  await until('it says how to copy', async () => /marked.*Ctrl\+C/s.test(await dialog.innerText()), 5)
  await close()
})

test('has no fault that axe can see, in both themes and all sorts', async (t) => {
  for (const theme of ['light', 'dark']) {
    for (const words of ['scenario=shop', 'scenario=shop&controls=full&panels=palette,side,legend,latency,requests', 'scenario=shop&controls=none&panels=none', 'scenario=nothing']) {
      const { page, frame, close } = await framed(t, `${words}&theme=${theme}`, { width: 1024 })
      await ready(frame)
      assert.deepEqual(await axe(page), [], `${words} ${theme}`)
      await close()
    }
  }
})

test('the share dialog gives a code that works', async (t) => {
  const { page, close } = await visit(browser, site.url)
  await page.waitForFunction(() => document.documentElement.dataset.ready === '1')
  const code = async () => page.getByLabel('Code', { exact: true }).inputValue()
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  assert.match(await code(), /\?embed=1&amp;scenario=shop"/)
  await page.getByLabel('Plays when it is seen').check()
  await page.getByLabel('Size').selectOption({ index: 1 })
  assert.match(await code(), /autoplay=1"[^]*width="100%" height="520"/)
  assert.deepEqual(await axe(page), [])
  await page.keyboard.press('Escape')
  await edge(page, 'checkout-payments').focus()
  await page.keyboard.press('s')
  await page.getByRole('button', { name: 'Share', exact: true }).click()
  const src = (await code()).match(/src="([^"]*)"/)[1].replaceAll('&amp;', '&')
  await close()
  const { frame, close: shut } = await framed(t, '', { fragment: src.slice(src.indexOf('#')) })
  await ready(frame)
  assert.equal(await mode(frame, 'checkout-payments'), 'async')
  await shut()
})

test('the example page talks to its frame', async () => {
  const { page, close } = await visit(browser, `${site.url}embed.html`)
  await page.locator('iframe').scrollIntoViewIfNeeded()
  await until('the frame is there', () => page.frames().some((frame) => frame.url().includes('embed=1')), 5)
  const frame = page.frames().find((frame) => frame.url().includes('embed=1'))
  await ready(frame)
  await page.getByRole('button', { name: 'Make the edge async' }).click()
  await until('the edge is async', async () => (await mode(frame, 'checkout-payments')) === 'async', 5)
  await page.getByRole('button', { name: 'Make a mistake' }).click()
  await until('the mistake is told', async () => /threds/.test(await page.getByRole('log').innerText()), 5)
  assert.deepEqual(await axe(page), [])
  await close()
})

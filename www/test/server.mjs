// A tiny static server: one folder under one path, on this machine only, at a free port.
import { createServer } from 'node:http'
import { readFile } from 'node:fs/promises'
import { extname, join, sep } from 'node:path'
import { createHash } from 'node:crypto'

const TYPES = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
  '.wasm': 'application/wasm',
  '.webmanifest': 'application/manifest+json',
  '.woff2': 'font/woff2',
}

/**
 * Serves `folder` under `prefix` (begins and ends with a slash); everything else is 404.
 * `headers` go with every answer.
 */
export async function serve(folder, { prefix = '/', headers = {} } = {}) {
  const server = createServer(async (request, response) => {
    const answer = await find(folder, prefix, request.url)
    response.writeHead(answer.status, { 'Cache-Control': 'no-store', 'Content-Type': answer.type, ...headers })
    response.end(request.method === 'HEAD' ? undefined : answer.body)
  })
  await new Promise((resolve, reject) => {
    server.once('error', reject)
    server.listen(0, '127.0.0.1', resolve)
  })
  const origin = `http://127.0.0.1:${server.address().port}`
  return {
    origin,
    url: origin + prefix,
    close: () => new Promise((resolve) => {
      server.close(resolve)
      // A browser keeps connections open, and closing would wait for them.
      server.closeAllConnections()
    }),
  }
}

/** A content policy as strict as the page allows: own files only, and of the inline scripts those that stand in `html`. */
export function strictPolicy(html) {
  const inline = [...html.matchAll(/<script(?![^>]*\ssrc=)[^>]*>([^]*?)<\/script>/g)]
  const digests = inline.map(([, text]) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`)
  return [
    "default-src 'self'",
    `script-src 'self' 'wasm-unsafe-eval' ${digests.join(' ')}`,
    // Where things stand on the board is a style of each one.
    "style-src 'self' 'unsafe-inline'",
    "img-src 'self' data: blob:",
    "worker-src 'self'",
    "object-src 'none'",
    "base-uri 'none'",
  ].join('; ')
}

async function find(folder, prefix, url) {
  const missing = { status: 404, type: TYPES['.txt'], body: 'not here' }
  let path
  try {
    path = decodeURIComponent(new URL(url, 'http://127.0.0.1').pathname)
  } catch {
    return missing
  }
  if (!path.startsWith(prefix)) return missing
  const inside = path.slice(prefix.length)
  const file = join(folder, inside === '' || inside.endsWith('/') ? inside + 'index.html' : inside)
  if (!file.startsWith(folder + sep)) return missing
  try {
    return { status: 200, type: TYPES[extname(file)] ?? 'application/octet-stream', body: await readFile(file) }
  } catch {
    return missing
  }
}

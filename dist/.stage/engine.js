// Starts the page's own wasm a second time, in a worker, where it runs the engine. The page names its script.
const name = self.location.search.slice(1)
if (!/^[\w.-]+\.js$/.test(name)) throw new Error('the engine wants the name of the page’s script')
const script = new URL(name, self.location.href)
const { default: init } = await import(script)
await init({ module_or_path: new URL(name.replace(/\.js$/, '_bg.wasm'), self.location.href) })

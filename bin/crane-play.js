#!/usr/bin/env node
// Starts the built command; the sources are in src/cli/.
import { existsSync } from 'node:fs'
import module from 'node:module'

const main = new URL('../dist/cli/main.js', import.meta.url)
if (!existsSync(main)) {
  process.stderr.write('crane-play: it is not built yet: run `npm run build` first\n')
  process.exit(1)
}
// Node 22 keeps compiled code between runs; Node 20 has no such function.
module.enableCompileCache?.()
const { start } = await import(main)
await start()

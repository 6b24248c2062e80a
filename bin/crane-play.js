#!/usr/bin/env node
// Starts the built command; the sources are in src/cli/.
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const file = fileURLToPath(new URL('../dist/crane-play.cjs', import.meta.url))
if (!existsSync(file)) {
  process.stderr.write('crane-play: not built yet\n  hint: run `npm run build` first\n')
  process.exitCode = 1
} else if (process.argv.length === 3 && process.argv[2] === '--version') {
  // Asked often by scripts and completions, so it costs as little as Node itself.
  const { version } = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
  process.stdout.write(`crane-play ${version}\n`)
} else {
  const { loadProgram } = await import('./loadProgram.js')
  await loadProgram(file).start()
}

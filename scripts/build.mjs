// Builds dist/: the command as one file, which V8 can cache as compiled code, and the entry points for task authors.
import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundling, oneFile } from './bundling.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')
const program = join(root, 'dist/crane-play.cjs')

rmSync(join(root, 'dist'), { recursive: true, force: true })
await build({
  ...oneFile,
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile: program,
  sourcemap: 'linked',
  sourcesContent: false,
})
// bin/loadProgram.js reads one byte as one character. esbuild escapes what is in texts, but not in regular expressions.
const text = readFileSync(program, 'utf8')
writeFileSync(
  program,
  text.replace(/[^\0-\x7f]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`),
)
// Both share their chunks: an error that one throws is an instance of the class that the other exports.
await build({
  ...bundling,
  absWorkingDir: root,
  entryPoints: { task: 'src/task/index.ts', container: 'src/container/index.ts' },
  outdir: 'dist',
  chunkNames: 'shared/[hash]',
  splitting: true,
  format: 'esm',
})

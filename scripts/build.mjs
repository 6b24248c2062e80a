// Builds dist/: the whole command as one file, which V8 can keep compiled, and what task authors import.
import { rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { bundling, oneFile } from './bundling.mjs'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

rmSync(join(root, 'dist'), { recursive: true, force: true })
await build({
  ...oneFile,
  absWorkingDir: root,
  entryPoints: ['src/cli/main.ts'],
  outfile: 'dist/crane-play.cjs',
  sourcemap: 'linked',
  sourcesContent: false,
})
await build({
  ...bundling,
  absWorkingDir: root,
  entryPoints: ['src/task/index.ts'],
  outfile: 'dist/task.js',
  format: 'esm',
})

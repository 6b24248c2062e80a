// Builds a program of the benchmark as the product is built, so that what is measured is what users run.
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = fileURLToPath(new URL('../..', import.meta.url))

/** Bundled CommonJS packages call require for Node's own modules, and ssh2 looks at __dirname. */
const COMMON_JS_NAMES = `
import { createRequire as $createRequire } from 'node:module'
const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname
`.trim()

/** Bundles bench/fleet/`name`.ts and all task types into `folder`; returns the program's path. */
export async function bundle(name: string, folder: string): Promise<string> {
  mkdirSync(folder, { recursive: true })
  // The program takes this folder for its package, and finds the task types in it.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'crane-play', version: '0.0.0', type: 'module' }))
  const tasks = readdirSync(join(root, 'tasks')).filter((file) => file.endsWith('.ts'))
  await build({
    absWorkingDir: root,
    entryPoints: {
      [`bench/${name}`]: `bench/fleet/${name}.ts`,
      ...Object.fromEntries(tasks.map((file) => [`tasks/${basename(file, '.ts')}`, `tasks/${file}`])),
    },
    outdir: join(folder, 'dist'),
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    minifySyntax: true,
    sourcemap: 'linked',
    logLevel: 'warning',
    external: ['jiti', '*.node', 'cpu-features'],
    banner: { js: COMMON_JS_NAMES },
  })
  return join(folder, 'dist/bench', `${name}.js`)
}

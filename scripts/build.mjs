// Builds dist/: the command, what task authors import, and every task type as a module of its own that loads by name.
import { existsSync, readdirSync, rmSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'

const root = join(dirname(fileURLToPath(import.meta.url)), '..')

const tasks = Object.fromEntries(
  (existsSync(join(root, 'tasks')) ? readdirSync(join(root, 'tasks')) : [])
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.d.ts'))
    .map((file) => [`tasks/${file.slice(0, -'.ts'.length)}`, join(root, 'tasks', file)]),
)

/**
 * ssh2 has optional native parts, faster ciphers for one. They stay where npm built them and load if they are there:
 * their requires are inside try blocks.
 */
const optionalNatives = {
  name: 'optional-natives',
  setup(builder) {
    builder.onResolve({ filter: /sshcrypto\.node$/ }, () => ({
      path: 'ssh2/lib/protocol/crypto/build/Release/sshcrypto.node',
      external: true,
    }))
    builder.onResolve({ filter: /^cpu-features$/ }, () => ({ path: 'cpu-features', external: true }))
  },
}

/** Bundled CommonJS packages call require for Node's own modules, and ssh2 looks at __dirname. */
const COMMON_JS_NAMES = `
import { createRequire as $createRequire } from 'node:module'
const require = $createRequire(import.meta.url), __filename = import.meta.filename, __dirname = import.meta.dirname
`.trim()

rmSync(join(root, 'dist'), { recursive: true, force: true })
await build({
  absWorkingDir: root,
  entryPoints: { 'cli/main': 'src/cli/main.ts', task: 'src/task/index.ts', ...tasks },
  outdir: 'dist',
  bundle: true,
  splitting: true,
  chunkNames: 'chunks/[name]-[hash]',
  format: 'esm',
  platform: 'node',
  target: 'node20',
  minifySyntax: true,
  sourcemap: 'linked',
  sourcesContent: false,
  legalComments: 'none',
  logLevel: 'warning',
  plugins: [optionalNatives],
  // jiti finds its compiler beside itself on the disk, so it cannot be moved into a bundle.
  external: ['jiti'],
  banner: { js: COMMON_JS_NAMES },
})

// Builds programs of the benchmark as the product is built, so that what is measured is what users run.
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { basename, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { build } from 'esbuild'
import { oneFile } from '../scripts/bundling.mjs'

const root = fileURLToPath(new URL('..', import.meta.url))

/**
 * Bundles sources (`bench/fleet/measure.ts`) into an empty directory.
 * @returns the programs' paths, in the same order
 */
export async function bundlePrograms(directory: string, sources: readonly string[]): Promise<string[]> {
  mkdirSync(directory, { recursive: true })
  // The programs take this directory for their package, and list the task types and the facts in it.
  writeFileSync(join(directory, 'package.json'), JSON.stringify({ name: 'crane-play', version: '0.0.0' }))
  for (const name of ['tasks', 'facts']) symlinkSync(join(root, name), join(directory, name))
  await build({
    ...oneFile,
    absWorkingDir: root,
    entryPoints: [...sources],
    outdir: join(directory, 'dist'),
    entryNames: '[name]',
    outExtension: { '.js': '.cjs' },
  })
  return sources.map((source) => join(directory, 'dist', `${basename(source, '.ts')}.cjs`))
}

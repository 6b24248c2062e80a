/** Puts the stand-ins for CraneSched into the hosts' shared layer: bundles, and a node of their own to run them. */
import { chmodSync, copyFileSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { build } from 'esbuild'
import { $ } from 'zx'

/** Program → [its source, where a package of CraneSched would have put it]. */
const programs = {
  cranectld: ['cranectld.ts', 'usr/bin/cranectld'],
  craned: ['craned.ts', 'usr/bin/craned'],
  ccon: ['ccon.ts', 'usr/bin/ccon'],
  cinfo: ['cinfo.ts', 'usr/bin/cinfo'],
  ccontrol: ['ccontrol.ts', 'usr/bin/ccontrol'],
  'crane-meta': ['craneMeta.ts', 'opt/cni/bin/crane-meta'],
} as const

/** Strings of the real binary by which its generation is probed: this one has pipelines and renders templates. */
const MARKS: Readonly<Record<string, readonly string[]>> = {
  'crane-meta': ['meta-cni: at least one pipeline is required'],
}

/** Meta CNI of other generations: directory of plug-ins → the argument and the strings by which it is probed. */
const GENERATIONS: Readonly<Record<string, readonly [argument: string, ...marks: string[]]>> = {
  'opt/lab/cni-g1': ['G1', 'resultMode'],
  'opt/lab/cni-g2': ['G2', 'meta-cni: at least one pipeline is required', 'confFromArgs'],
}

/** Outside every PATH, so that nothing on a host finds a node by accident. */
const home = 'opt/crane-stand-in'

/** Writes everything below the layer's directory. */
export async function writeStandIns(layer: string): Promise<void> {
  await Promise.all([bundlePrograms(layer), copyNode(layer)])
  for (const [name, [, path]] of Object.entries(programs))
    writeProgram(join(layer, path), wrapper(name, MARKS[name] ?? [], '"$@"'))
  for (const [path, [argument, ...marks]] of Object.entries(GENERATIONS))
    writeProgram(join(layer, path, 'crane-meta'), wrapper('crane-meta', marks, argument))
  // craned wants this file to exist; its work is done inside craned here.
  writeProgram(
    join(layer, 'usr/libexec/csupervisor'),
    '#!/bin/sh\necho "lab stand-in: craned does this itself" >&2\nexit 1\n',
  )
}

function wrapper(name: string, marks: readonly string[], argument: string): string {
  const node = `/${home}/lib/ld.so --library-path /${home}/lib /${home}/node --disable-warning=ExperimentalWarning`
  const comments = [`Lab stand-in for CraneSched's ${name}; see lab/README.md.`, ...marks].map((line) => `# ${line}\n`)
  return `#!/bin/sh\n${comments.join('')}exec ${node} /${home}/${name}.mjs ${argument}\n`
}

async function bundlePrograms(layer: string): Promise<void> {
  const entries = Object.entries(programs).map(([name, [source]]) => ({
    in: join(import.meta.dirname, 'stand-in', source),
    out: name,
  }))
  await build({
    entryPoints: entries,
    outdir: join(layer, home),
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'error',
    // Packages in the older module format expect a `require`.
    banner: {
      js: "import { createRequire as makeRequire } from 'node:module'; const require = makeRequire(import.meta.url);",
    },
  })
}

/** Copies this process's own node with the libraries it is linked to; started through their loader on any libc. */
async function copyNode(layer: string): Promise<void> {
  const lib = join(layer, home, 'lib')
  mkdirSync(lib, { recursive: true })
  copyFileSync(process.execPath, join(layer, home, 'node'))
  chmodSync(join(layer, home, 'node'), 0o755)
  const linked = await $({ quiet: true })`ldd ${process.execPath}`
  const paths = linked.stdout.match(/\/\S+/g) ?? []
  for (const path of paths.filter((one) => existsSync(one))) {
    copyFileSync(path, join(lib, basename(path)))
    if (basename(path).startsWith('ld-')) copyFileSync(path, join(lib, 'ld.so'))
  }
  chmodSync(join(lib, 'ld.so'), 0o755)
}

function writeProgram(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, 0o755)
}

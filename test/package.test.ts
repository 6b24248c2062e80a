// What `npm pack` would publish is enough for the command and for a site's own task types, and nothing more.
import { spawnSync } from 'node:child_process'
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { examplesIn, readPage } from './docs/examples.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
  readonly bin: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly files: readonly string[]
}

function run(command: string, args: readonly string[], cwd = root) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' })
  return { status, stdout, stderr }
}

describe('the package', () => {
  let paths: readonly string[]
  beforeAll(() => {
    const { stdout } = run('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'])
    const [packed] = JSON.parse(stdout) as [{ readonly files: readonly { readonly path: string }[] }]
    paths = packed.files.map(({ path }) => path)
  }, 60_000)

  it('has the command, its playbooks, its task types and the licence', () => {
    const wanted = ['tasks', 'playbooks', 'playbooks/parts', 'playbooks/vars'].flatMap((folder) =>
      readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) =>
        entry.isFile() ? [`${folder}/${entry.name}`] : [],
      ),
    )
    expect(paths).toEqual(expect.arrayContaining([...wanted, 'bin/crane-play.js', 'LICENSE', 'README.md']))
  })

  it('has nothing that only this project needs', () => {
    expect(paths.filter((path) => /^(src|test|lab|bench|scripts|\.)|\.map$/.test(path))).toEqual([])
  })

  it('names no folder that is not there, and only files that are packed or built', () => {
    const folders = manifest.files.filter((entry) => !entry.startsWith('!') && entry !== 'dist')
    expect(folders.filter((folder) => !existsSync(join(root, folder)))).toEqual([])
    const targets = [...Object.values(manifest.bin), ...Object.values(manifest.exports).flatMap(Object.values)]
    const lost = targets
      .map((path) => path.replace(/^\.\//, ''))
      .filter((path) => !path.startsWith('dist/') && !paths.includes(path))
    expect(lost).toEqual([])
  })
})

describe('the types of crane-play/task, where it is installed', () => {
  const site = mkdtempSync(join(tmpdir(), 'crane-play-package-'))
  const installed = join(site, 'node_modules/crane-play')
  const tsc = join(root, 'node_modules/.bin/tsc')
  afterAll(() => rmSync(site, { recursive: true }))
  beforeAll(() => {
    mkdirSync(installed, { recursive: true })
    copyFileSync(join(root, 'package.json'), join(installed, 'package.json'))
    for (const name of ['typebox', '@types', '@bufbuild'])
      symlinkSync(join(root, 'node_modules', name), join(site, 'node_modules', name))
    run(tsc, ['-p', 'tsconfig.types.json', '--outDir', join(installed, 'dist/types')])
  }, 60_000)

  const example = examplesIn(readPage('CONTRIBUTING.md')).files.get('site/ensureSymlink.ts') ?? ''
  const check = (text: string) => {
    writeFileSync(join(site, 'package.json'), '{ "type": "module" }')
    writeFileSync(join(site, 'ensureSymlink.ts'), text)
    const options = ['--noEmit', '--strict', '--target', 'es2023', '--module', 'nodenext', '--types', 'node']
    return run(tsc, [...options, 'ensureSymlink.ts'], site).stdout
  }

  it('are right for the task type that CONTRIBUTING shows', () => {
    expect(check(example)).toBe('')
  }, 60_000)

  it('come with those of crane-play/container', () => {
    const text =
      "import { cniPlugins } from 'crane-play/container'\nexport const names: readonly string[] = cniPlugins({})\n"
    expect(check(text)).toBe('')
    expect(check(text.replace('cniPlugins({})', 'cniPlugins(1)'))).toMatch(/error TS2559/)
  }, 60_000)

  it('know a parameter that is none', () => {
    expect(check(example.replace('${params.path} exists', '${params.paht} exists'))).toMatch(/'paht' does not exist/)
  }, 60_000)
})

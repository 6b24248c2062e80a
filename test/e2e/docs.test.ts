// Every example in README, CONTRIBUTING and docs/ is written to files and run on the lab; what it prints must be what the page shows.
// UPDATE_DOCS=1 writes what was printed into the pages instead.
import { spawnSync } from 'node:child_process'
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labReset, labUp, projectRoot } from '../../lab/index.ts'

const PAGES = ['README.md', 'docs/playbooks.md', 'CONTRIBUTING.md']
const BLOCK = /^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm

let lab: Lab
const folders: string[] = []

beforeAll(async () => {
  lab = await labUp({ takeOver: true })
  await labReset('all')
})
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** A folder with the lab's inventory, as the pages suppose. */
function workingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-docs-'))
  folders.push(folder)
  copyFileSync(lab.inventory, join(folder, 'hosts'))
  return folder
}

/** Runs a line as typed, with the lab's known_hosts beside it. Both outputs together, as a terminal shows them. */
function type(line: string, folder: string): string {
  const command = line.replace(
    /^crane-play/,
    `"${process.execPath}" "${join(projectRoot, 'bin/crane-play.js')}" --known-hosts "${lab.knownHosts}"`,
  )
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100', HOME: folder }
  const { stdout } = spawnSync('sh', ['-c', `${command} 2>&1`], { cwd: folder, env, encoding: 'utf8' })
  return stdout.trimEnd()
}

/** Times differ from run to run. */
const timeless = (text: string) => text.replace(/\b\d+(\.\d+)? m?s\b/g, 'N s')

describe.each(PAGES)('%s', (page) => {
  it('shows what its examples print', () => {
    const path = join(projectRoot, page)
    const text = readFileSync(path, 'utf8')
    const folder = workingFolder()
    let commands = 0
    const run = text.replace(BLOCK, (block, language: string, file: string | undefined, body: string) => {
      if (file !== undefined) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), body)
      }
      if (language !== 'console') return block
      const lines = body.split('\n').filter((line) => line.startsWith('$ '))
      commands += lines.length
      return `\`\`\`console\n${lines.map((line) => `${line}\n${type(line.slice(2), folder)}\n`).join('\n')}\`\`\``
    })
    expect(commands).toBeGreaterThan(0)
    if (process.env.UPDATE_DOCS) writeFileSync(path, timeless(run) === timeless(text) ? text : run)
    else expect(timeless(run)).toBe(timeless(text))
  })
})

// Every example in README, CONTRIBUTING and docs/ is written to files and run on the lab; what it prints must be what the page shows.
// UPDATE_DOCS=1 writes what was printed into the pages instead.
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labReset, labUp, projectRoot } from '../../lab/index.ts'
import { BLOCK, commandsIn, EXAMPLE_PAGES, readPage } from '../docs/examples.ts'

let lab: Lab
const folders: string[] = []

beforeAll(async () => {
  lab = await labUp()
  await labReset('all')
})
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true })))

/** A directory with the lab's inventory, as the pages suppose, and no certificate authority yet: the lab's may exist. */
function workingFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-docs-'))
  folders.push(folder)
  const inventory = readFileSync(lab.inventory, 'utf8')
  writeFileSync(join(folder, 'hosts'), inventory.replace(/^(stream_ca_\w+)=.*\/(.*)$/gm, `$1=${folder}/$2`))
  return folder
}

/** Runs a line as typed, with the lab's known_hosts beside it. Both outputs together, as a terminal shows them. */
function type(line: string, folder: string): string {
  const command = line.replace(
    /^crane-play(?: (doctor|explain|facts)\b)?/,
    (_, subcommand = '') =>
      `"${process.execPath}" "${join(projectRoot, 'bin/crane-play.js')}" ${subcommand} --known-hosts "${lab.knownHosts}"`,
  )
  const env = { ...process.env, NO_COLOR: '1', COLUMNS: '100', HOME: folder }
  const { stdout } = spawnSync('sh', ['-c', `${command} 2>&1`], { cwd: folder, env, encoding: 'utf8' })
  // Each lab has a network of its own.
  return stdout.trimEnd().replace(/\b10\.77\.\d+\./g, '10.77.0.')
}

/** Times differ from run to run. */
const timeless = (text: string) => text.replace(/\b\d+(\.\d+)? m?s\b/g, 'N s')

describe.each(EXAMPLE_PAGES)('%s', (page) => {
  it('shows what its examples print', () => {
    const text = readPage(page)
    const folder = workingFolder()
    const run = text.replace(BLOCK, (block, language: string, file: string | undefined, body: string) => {
      if (file !== undefined) {
        mkdirSync(dirname(join(folder, file)), { recursive: true })
        writeFileSync(join(folder, file), body)
      }
      if (language !== 'console') return block
      const shown = commandsIn(body).map((line) => `$ ${line}\n${type(line, folder)}\n`)
      return `\`\`\`console\n${shown.join('\n')}\`\`\``
    })
    if (process.env.UPDATE_DOCS) writeFileSync(join(projectRoot, page), timeless(run) === timeless(text) ? text : run)
    else expect(timeless(run)).toBe(timeless(text))
  })
})

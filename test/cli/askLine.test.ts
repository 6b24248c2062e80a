// The question of `pause`, typed on a pseudo-terminal: `script` makes one and runs the command on it.
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { runCommand } from './runCommand.ts'

const main = fileURLToPath(new URL('../../src/cli/main.ts', import.meta.url))
/** The loader in the process itself: its command would send a Ctrl-C once more. */
const tsx = import.meta.resolve('tsx')

let directory: string
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'crane-play-'))
  writeFileSync(join(directory, 'start.mts'), `import { start } from ${JSON.stringify(main)}\nawait start()\n`)
  writeFileSync(join(directory, 'hosts'), 'crane[02-03] ansible_connection=local\n')
  writeFileSync(
    join(directory, 'site.yml'),
    `- name: all
  hosts: all
  tasks:
    - { name: Look, run: { command: "true", readOnly: true } }
    - { name: Ask, pause: { prompt: "Drain {{ groups.all.size() }} nodes?" }, register: go }
    - { name: Go, run: { command: "echo {{ go.answer.quote() }} >> ${directory}/log", always: true } }
`,
  )
})
afterEach(() => rmSync(directory, { recursive: true }))

const argv = (...more: string[]) => [join(directory, 'site.yml'), '-i', join(directory, 'hosts'), ...more]

/** What the terminal shows. `typed` is typed once the question stands there. */
function onTerminal(
  typed: string,
  args: readonly string[],
): Promise<{ readonly status: number; readonly screen: string }> {
  const command = [process.execPath, '--import', tsx, join(directory, 'start.mts'), ...args]
    .map((word) => `'${word}'`)
    .join(' ')
  const env = { ...process.env, TERM: 'xterm', CI: '', NO_COLOR: '1' }
  const terminal = spawn('script', ['-qec', command, '/dev/null'], { env, stdio: ['pipe', 'pipe', 'inherit'] })
  let screen = ''
  let answered = false
  terminal.stdout.on('data', (chunk: Buffer) => {
    screen += chunk
    if (answered || !screen.includes('nodes? ')) return
    answered = true
    terminal.stdin.write(typed)
  })
  return new Promise((resolve) => terminal.on('close', (status) => resolve({ status: status ?? -1, screen })))
}

describe('on a terminal', () => {
  test.each([
    ['live rows', []],
    ['a plain report', ['--output', 'plain']],
  ])(
    '%s: asked once for both hosts, and answered',
    async (_, more) => {
      const { status, screen } = await onTerminal('as you like\n', argv(...more))
      expect(screen.match(/Drain 2 nodes\? /g)).toHaveLength(1)
      expect(screen).toContain('Drain 2 nodes? as you like\r\n')
      expect(status).toBe(0)
      expect(readFileSync(join(directory, 'log'), 'utf8')).toBe('as you like\nas you like\n')
    },
    30_000,
  )

  test('Ctrl-C at the question ends the run in order', async () => {
    const { status, screen } = await onTerminal('\u0003', argv())
    expect(screen).toContain('interrupt received')
    expect(screen).toContain('INTERRUPTED by SIGINT')
    expect(status).toBe(130)
  }, 30_000)
})

test('without a terminal the task fails and says so', async () => {
  const { status, out, err } = await runCommand(...argv())
  expect(err).toBe('')
  expect(status).toBe(2)
  expect(out).toContain('there is no terminal to ask on')
  expect(out).toContain('hint: delete the task, or run it on a terminal')
})

test('in check mode nothing is asked', async () => {
  const { status, out } = await runCommand(...argv('--check'))
  expect(status).toBe(0)
  expect(out).toMatch(/undecided +2\/2 +Go/)
})

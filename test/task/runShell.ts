// Runs what the task types send to a host, with the shells of this machine and with commands made for a test.
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll } from 'vitest'
import type { Probe, ShellStep } from 'crane-play/task'
import { isHere } from '../machine.ts'

export type Shell = readonly [command: string, ...options: string[]]

export const DASH: Shell = ['dash']

/** bash reads .bashrc where its stdin is a socket, as Node's pipes are. */
export const SHELLS = ([DASH, ['bash', '--norc', '--posix'], ['busybox', 'sh']] as Shell[]).filter(([name]) =>
  isHere(name),
)

export interface Ran {
  readonly stdout: Buffer
  readonly stderr: string
  readonly status: number | null
}

export interface Surroundings {
  readonly shell?: Shell
  /** A directory of commands that come before the machine's own. */
  readonly commands?: string
  readonly cwd?: string
}

/** As a session runs a part: functions defined first, the script in a subshell, one language and time zone. */
export function runScript(
  { script, functions = {}, stdin }: Pick<ShellStep, 'script' | 'functions' | 'stdin'>,
  { shell = DASH, commands, cwd = '/' }: Surroundings = {},
): Ran {
  const defined = Object.entries(functions).map(([name, body]) => `${name}() {\n${body}\n}\n`)
  const [command, ...args] = shell
  const { stdout, stderr, status, error } = spawnSync(
    command,
    [...args, ...programOf(`${defined.join('')}( ${script}\n)`)],
    {
      cwd,
      input: typeof stdin === 'function' ? stdin([]) : (stdin ?? ''),
      env: { LC_ALL: 'C', TZ: 'UTC', PATH: `${commands ? `${commands}:` : ''}/usr/sbin:/usr/bin:/sbin:/bin` },
    },
  )
  // A script may well leave its input unread.
  if (error && (error as NodeJS.ErrnoException).code !== 'EPIPE') throw error
  return { stdout, stderr: stderr.toString(), status }
}

/** An argument has a limit that what a session sends has not. */
function programOf(text: string): readonly string[] {
  if (text.length < 100_000) return ['-c', text]
  const file = join(temporaryDirectory(), 'script')
  writeFileSync(file, text)
  return [file]
}

/** Asks probes of one kind together, and reads what they answer; a `Refusal` among it has another type. */
export function ask<Value>(probes: readonly Probe<Value>[], surroundings?: Surroundings): readonly Value[] {
  const kind = probes[0]?.kind
  if (!kind) return []
  const questions = probes as never
  const { stdout } = runScript({ script: kind.script(questions), functions: kind.functions }, surroundings)
  return kind.read(stdout, questions) as readonly Value[]
}

/** An empty directory that is gone when the file's tests are over. */
export function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-test-'))
  temporary.push(directory)
  return directory
}

const temporary: string[] = []
// Registered while the test file is read: an `afterAll` that a test calls is never run.
afterAll(() => {
  for (const directory of temporary) rmSync(directory, { recursive: true, force: true })
})

/** A directory of commands, each a shell script; `$LOG` in them is a file beside them. */
export function makeCommands(scripts: Readonly<Record<string, string>>): string {
  const directory = temporaryDirectory()
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(directory, name), `#!/bin/sh\nLOG=${directory}/log\n${text}\n`)
    chmodSync(join(directory, name), 0o755)
  }
  return directory
}

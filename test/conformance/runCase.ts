// Runs the play of a case: here in this process, or by ansible-core.
import { execFile } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { RunEvent } from '../../src/model/runEvent.ts'
import type { TaskResult } from '../../src/model/result.ts'
import { runCommand } from '../cli/runCommand.ts'
import { INVENTORY, type Outcome, type PlayCase, type Recap, wordsOf } from './playCase.ts'

type Tool = Parameters<typeof wordsOf>[0]

/** The files of a case in a directory of their own; `args` with the names of files in it. */
async function inDirectory<T>(
  tool: Tool,
  { play, files = {}, args = [] }: PlayCase,
  work: (directory: string, args: readonly string[]) => Promise<T>,
): Promise<T & { readonly log: string }> {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-conformance-'))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  try {
    write('hosts', `${INVENTORY}log=${directory}/log\n`)
    write('log', '')
    write('play.yml', wordsOf(tool, play))
    for (const [name, text] of Object.entries(files)) write(name, wordsOf(tool, text))
    const own = args.map((arg) => (arg.startsWith('@') ? `@${directory}/${arg.slice(1)}` : arg))
    const done = await work(directory, own)
    return { ...done, log: readFileSync(join(directory, 'log'), 'utf8') }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

export const runHere = (one: PlayCase): Promise<Outcome & { readonly mistakes: readonly string[] }> =>
  inDirectory('crane', one, async (directory, args) => {
    const files = [join(directory, 'play.yml'), '-i', join(directory, 'hosts')]
    const { status, out, err } = await runCommand(...files, '--forks', '1', '--output', 'jsonl', ...args)
    const mistakes = err.split('\n').filter((line) => line.includes(': error['))
    const events = out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as RunEvent] : []))
    return { recap: ansibleRecap(events), exit: status, mistakes }
  })

const isOk = ({ outcome, ignored }: TaskResult): boolean =>
  outcome === 'ok' || outcome === 'changed' || ignored === true

/** Our counts in Ansible's way. */
function ansibleRecap(events: readonly RunEvent[]): Recap {
  const recap: Record<string, Record<string, number>> = {}
  for (const event of events) {
    if (event.type !== 'run-ended') continue
    for (const [host, all] of Object.entries(event.recap)) {
      const counts = all as unknown as Record<string, number>
      const ok = events.filter((one) => one.type === 'task-result' && one.host === host && isOk(one.result)).length
      const theirs = { ok, ...Object.fromEntries(OTHERS.map((name) => [name, counts[name] ?? 0])) }
      const shown = Object.fromEntries(Object.entries(theirs).filter(([, count]) => count > 0))
      if (Object.keys(shown).length > 0) recap[host] = shown
    }
  }
  return recap
}

const OTHERS = ['changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored']

/** `command`: an `ansible-playbook`, with its Python beside it. */
export const runAnsible = (one: PlayCase, command: string): Promise<Outcome> =>
  inDirectory('ansible', one, (directory, args) => {
    const env = {
      ...process.env,
      ANSIBLE_NOCOLOR: '1',
      ANSIBLE_FORKS: '1',
      ANSIBLE_GATHERING: 'explicit',
      ANSIBLE_PYTHON_INTERPRETER: join(dirname(command), 'python3'),
    }
    const words = [join(directory, 'play.yml'), '-i', join(directory, 'hosts'), ...args]
    return new Promise<Omit<Outcome, 'log'>>((resolve) => {
      execFile(command, words, { cwd: directory, env, timeout: 120_000 }, (error, stdout) => {
        const exit = typeof error?.code === 'number' ? error.code : error ? -1 : 0
        resolve({ recap: recapIn(stdout), exit })
      })
    })
  })

/** `h1 : ok=2 changed=1 unreachable=0 …`, a line for each host. */
function recapIn(text: string): Recap {
  const lines = [...text.matchAll(/^(\S+)\s+: (ok=.*)$/gm)].map(([, host = '', counts = '']) => {
    const each = [...counts.matchAll(/(\w+)=(\d+)/g)].map(([, name = '', count]) => [name, Number(count)] as const)
    return [host, Object.fromEntries(each.filter(([, count]) => count > 0))] as const
  })
  return Object.fromEntries(lines.filter(([, counts]) => Object.keys(counts).length > 0))
}

/** Hosts work side by side: which of them writes first is left open, unless the case is about the order. */
export function comparable({ ordered, ansible }: PlayCase, log: string): readonly string[] {
  const lines = log.split('\n')
  return ordered || Object.keys(ansible.recap).length < 2 ? lines : lines.sort()
}

/** What our run of a case must be like. */
export function expectedHere(one: PlayCase): Omit<Outcome, 'log'> & { readonly log: readonly string[] } {
  const { why: _why, ...here } = one.here ?? { why: '' }
  const wanted = { ...one.ansible, ...here }
  return { ...wanted, log: comparable(one, wanted.log) }
}

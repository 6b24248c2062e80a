// Plays in Ansible's words give the same recap, the same order and the same exit status in ours, or differ for a stated reason.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { runCommand } from '../cli/runCommand.ts'
import { areas, INVENTORY, type Outcome, type PlayCase, type Recap, wordsOf } from './playCase.ts'

async function run({
  play,
  files = {},
  args = [],
}: PlayCase): Promise<Outcome & { readonly mistakes: readonly string[] }> {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-conformance-'))
  const write = (name: string, text: string) => {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
  try {
    write('hosts', `${INVENTORY}log=${directory}/log\n`)
    write('log', '')
    write('play.yml', wordsOf('crane', play))
    for (const [name, text] of Object.entries(files)) write(name, wordsOf('crane', text))
    const own = args.map((arg) => (arg.startsWith('@') ? `@${directory}/${arg.slice(1)}` : arg))
    const { status, out, err } = await runCommand(
      join(directory, 'play.yml'),
      '-i',
      join(directory, 'hosts'),
      '--forks',
      '1',
      '--output',
      'jsonl',
      ...own,
    )
    const mistakes = err.split('\n').filter((line) => line.includes(': error['))
    const events = out.split('\n').flatMap((line) => (line.startsWith('{') ? [JSON.parse(line) as RunEvent] : []))
    return { recap: ansibleRecap(events), log: readFileSync(join(directory, 'log'), 'utf8'), exit: status, mistakes }
  } finally {
    rmSync(directory, { recursive: true })
  }
}

/** Our counts in Ansible's way. */
function ansibleRecap(events: readonly RunEvent[]): Recap {
  const recap: Record<string, Record<string, number>> = {}
  for (const event of events) {
    if (event.type !== 'run-ended') continue
    for (const [host, all] of Object.entries(event.recap)) {
      const counts = all as unknown as Record<string, number>
      const ok = (counts['ok'] ?? 0) + (counts['changed'] ?? 0) + (counts['ignored'] ?? 0)
      const theirs = { ok, ...pick(counts, ['changed', 'unreachable', 'failed', 'skipped', 'rescued', 'ignored']) }
      const shown = Object.fromEntries(Object.entries(theirs).filter(([, count]) => count > 0))
      if (Object.keys(shown).length > 0) recap[host] = shown
    }
  }
  return recap
}

const pick = (counts: Readonly<Record<string, number>>, names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, counts[name] ?? 0]))

describe.each(areas)('$area', ({ cases }) => {
  it.each(cases)('$name', async (one) => {
    const { why: _why, ...here } = one.here ?? { why: '' }
    const made = await run(one)
    const wanted = { mistakes: [], ...one.ansible, ...here }
    const expected = { ...wanted, log: comparable(one, wanted.log) }
    const found = { ...made, log: comparable(one, made.log) }
    if (one.notYet === undefined) expect(found).toEqual(expected)
    else expect(found, `works now: remove the mark '${one.notYet}'`).not.toEqual(expected)
  })
})

/** Hosts work side by side here: which of them writes first is left open, unless the case is about the order. */
const comparable = ({ ordered, ansible }: PlayCase, log: string): readonly string[] => {
  const lines = log.split('\n')
  return ordered || Object.keys(ansible.recap).length < 2 ? lines : lines.sort()
}

// One case of the conformance suite: the same play in Ansible's words and in ours, and what ansible-core made of its own.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { parse } from 'yaml'

/** Counts of the recap in Ansible's way: `ok` includes changed and ignored tasks; a count of 0 is left out. */
export type Recap = Readonly<Record<string, Readonly<Record<string, number>>>>

export interface Outcome {
  readonly recap: Recap
  /** What the commands of the play wrote, line by line. */
  readonly log: string
  readonly exit: number
}

export interface PlayCase {
  readonly name: string
  /** The play. A line that begins with `A|` is Ansible's only, `C|` ours only; `RUN: x` is a shell command in both. */
  readonly play: string
  readonly files?: Readonly<Record<string, string>>
  readonly args?: readonly string[]
  /** The order of the lines counts among hosts too: the tasks say `throttle: 1`. */
  readonly ordered?: boolean
  /** As ansible-core answered, recorded. */
  readonly ansible: Outcome
  /** Where we differ on purpose: what is different here, and why. */
  readonly here?: Partial<Outcome> & { readonly why: string }
  /** What is missing here still: the case differs, and the mark goes when it does not any more. */
  readonly notYet?: string
}

const directory = fileURLToPath(new URL('cases/', import.meta.url))

/** The areas of the suite, each with its cases. */
export const areas: readonly { readonly area: string; readonly cases: readonly PlayCase[] }[] = readdirSync(directory)
  .filter((name) => name.endsWith('.yml'))
  .map((name) => ({
    area: name.replace('.yml', ''),
    cases: parse(readFileSync(directory + name, 'utf8')) as PlayCase[],
  }))

/** The text as one of the two reads it. */
export function wordsOf(tool: 'ansible' | 'crane', text: string): string {
  const mine = tool === 'ansible' ? 'A' : 'C'
  return text
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', whose, rest = ''] = /^(\s*)([AC])\|(.*)$/.exec(line) ?? []
      if (whose === undefined) return [line]
      return whose === mine ? [indent + rest] : []
    })
    .join('\n')
    .replace(/RUN: (.*)$/gm, (_all, command: string) =>
      tool === 'ansible' ? `ansible.builtin.shell: ${command}` : `run: { always: true, command: ${inFlow(command)} }`,
    )
}

/** A plain scalar may hold what a flow map would read as its own. */
const inFlow = (scalar: string): string => (/^['"]/.test(scalar) ? scalar : JSON.stringify(scalar))

export const INVENTORY = `[web]
h1 color=red
h2 color=blue
[db]
h3 color=green shade=dark
h4 color=black
[odd]
h1
h3
[empty]
[site:children]
web
db
[web:vars]
level=upper
[db:vars]
level=lower
shade=light
[all:vars]
ansible_connection=local
`

// The kinds of inputs that the fuzzer makes, and how the command is run on each.
import fc from 'fast-check'
import type { CommandRun } from '../cli/runCommand.ts'
import { catalogue } from '../tasks/catalogue.ts'
import type { Answers } from './answeringShell.ts'
import { type FuzzSite, HONEST } from './fuzzSite.ts'
import { GOOD } from './goodTexts.ts'
import { edits, mutate } from './mutation.ts'

/** Inputs that go into one run of the command, where each concerns one host. */
const TOGETHER = 10

export interface FuzzKind<T = unknown> {
  readonly name: string
  /** Of all inputs, in percent: a handshake costs ten times what a text costs. */
  readonly share: number
  /** Inputs that one run of the command takes. */
  readonly size: number
  readonly input: fc.Arbitrary<T>
  /** Undefined: the command ended as it should. */
  run(site: FuzzSite, input: T): Promise<string | undefined>
}

/** Every task type, for the hosts for which `when` holds, and one task that every host must do. */
export function everyTask(when: string): string {
  const tasks = catalogue.flatMap(({ name, cases }) =>
    cases.decide.slice(0, 3).map(({ params }) => ({ [name]: params, when, ignore_errors: true, timeout: 1 })),
  )
  return JSON.stringify([{ hosts: 'all', tasks: [...tasks, { run: { command: 'echo fine', readOnly: true } }] }])
}

/** The controller's files that those tasks name, those of directories too. */
export const taskFiles: ReadonlyMap<string, Uint8Array> = new Map(
  catalogue.flatMap(({ cases }) =>
    cases.decide
      .slice(0, 3)
      .flatMap(({ params, context }) => [
        ...(context?.files ?? new Map<string, Uint8Array>()),
        ...(context?.tree?.entries ?? []).flatMap((entry): [string, Uint8Array][] =>
          entry.type === 'file' ? [[`${(params as { src: string }).src}/${entry.path}`, entry.read()]] : [],
        ),
      ]),
  ),
)

const noise = ['\nBOUNDARY ', '\nBOUNDARY 0 0\n', '\nBOUNDARY 1 not-run\n', '\nBOUNDARY feed 0\n', 'x\n', '']
const statuses = ['0', '0', '0', '1', '127', '255', '-1', 'x', '99999999999999']
const answer = fc.record({
  changes: fc.array(edits, { minLength: 1, maxLength: 6 }),
  statuses: fc.array(fc.constantFrom(...statuses), { minLength: 1, maxLength: 4 }),
  /** After so many parts the rest is noise. */
  lasts: fc.oneof(fc.constant(Infinity), fc.nat(40)),
  noise: fc.constantFrom(...noise),
})
type Answer = typeof answer extends fc.Arbitrary<infer One> ? One : never

/** The honest answers, made almost right. */
const almostRight =
  ({ recorded }: FuzzSite, { changes, statuses: all, lasts, noise: end }: Answer): Answers =>
  (request, part) => {
    if (request * 100 + part >= lasts) return end
    const answers = recorded[request % recorded.length] ?? []
    const honest = answers[part % Math.max(1, answers.length)]?.stdout ?? ''
    const lenders = answers.map(({ stdout }) => stdout)
    return {
      stdout: mutate(honest, changes[part % changes.length] ?? [], lenders),
      status: all[part % all.length] ?? '0',
    }
  }

/** What ssh reads concerns a host; the command itself is right. */
const started = ({ status, err }: CommandRun) => (status === 1 ? `it does not start:\n${err}` : undefined)

/** The host that answers as it should does its work, whatever the others say. */
function honestHostEndsWell({ out, err, status }: CommandRun): string | undefined {
  if (status === 1) return `it does not start:\n${err}`
  if (status === 130) return undefined
  const ended = out.split('\n').find((line) => line.includes('"type":"run-ended"'))
  const { ok, failed } = JSON.parse(ended ?? '{"recap":{}}').recap[HONEST] ?? {}
  return ok === 1 && failed === 0 ? undefined : `the honest host did not end well:\n${ended}`
}

const PLAY_MODES = [
  ['--output', 'jsonl'],
  ['--output', 'jsonl', '--check'],
  ['--diff', '-vvv'],
  ['--diff', '-vvv', '--check'],
]
const PLAYBOOK_MODES = [[], ['--check', '--diff', '-vvv'], ['--list-tasks'], ['--list-tags']]

const several = <T>(one: fc.Arbitrary<T>) => fc.array(one, { minLength: TOGETHER, maxLength: TOGETHER })

const kind = <T>(given: FuzzKind<T>): FuzzKind => given as FuzzKind

export const FUZZ_KINDS: readonly FuzzKind[] = [
  kind({
    name: 'a playbook',
    share: 30,
    size: 1,
    input: fc.record({ which: fc.nat(), changes: edits, mode: fc.constantFrom(...PLAYBOOK_MODES) }),
    run(site, { which, changes, mode }) {
      const text = GOOD.playbooks[which % GOOD.playbooks.length] as string
      site.write('play.yml', mutate(text, changes, GOOD.playbooks))
      site.write('two', 'h1\nh2\n')
      return site.problem([site.path('play.yml'), '-i', site.path('two'), '-e', 'log=/none', ...mode, ...site.reach])
    },
  }),
  kind({
    name: 'an inventory',
    share: 30,
    size: 1,
    input: fc.record({ which: fc.nat(), changes: edits, vars: edits, how: fc.nat() }),
    run(site, { which, changes, vars, how }) {
      const [name, text] = GOOD.inventories[which % GOOD.inventories.length] as readonly [string, string]
      const all = GOOD.inventories.map(([, one]) => one)
      site.write(`inventory/${name}`, mutate(text, changes, all))
      site.write('inventory/group_vars/all.yml', mutate('x: 1\ny: "{{ x }}"\n', vars, all))
      const from = ['-i', site.path(`inventory/${name}`)]
      const argv = [
        [site.path('true.yml'), ...from, ...site.reach],
        [site.path('true.yml'), ...from, '--list-hosts', ...site.reach],
        ['inventory', '--graph', ...from],
        ['inventory', '--list', ...from],
      ] as const
      return site.problem(argv[how % argv.length] ?? [])
    },
  }),
  kind({
    name: 'a configuration of ssh',
    share: 5,
    size: 1,
    input: fc.record({ changes: edits }),
    run(site, { changes }) {
      const given = { PORT: String(site.server.port), KEYFILE: site.path('key'), KNOWN: site.path('known') }
      const text = mutate(GOOD.sshConfig, changes, [GOOD.sshConfig])
      site.write(
        'ssh',
        text.replace(/PORT|KEYFILE|KNOWN/g, (word) => given[word as keyof typeof given]),
      )
      site.write('extra', 'Compression no\n')
      site.write('targets', 'target\nother\n')
      const argv = [site.path('true.yml'), '-i', site.path('targets'), ...site.connect]
      return site.problem([...argv, '--ssh-config', site.path('ssh')], started)
    },
  }),
  kind({
    name: 'known_hosts',
    share: 20,
    size: TOGETHER,
    input: several(edits),
    run(site, all) {
      const texts = all.map((changes, n) => {
        const given = { KEY: site.hostKey, PORT: String(site.server.port), right: `right${n}` }
        const text = mutate(GOOD.knownHosts, changes, [GOOD.knownHosts])
        return text.replace(/KEY|PORT|right/g, (word) => given[word as keyof typeof given])
      })
      const way = (n: number) => `Host k${n}\n HostName 127.0.0.1\n Port ${site.server.port}\n HostKeyAlias right${n}\n`
      site.write('known_hosts', texts.join('\n'))
      site.write('ways', all.map((_, n) => way(n)).join(''))
      site.write('all', all.map((_, n) => `k${n}\n`).join(''))
      const files = ['--ssh-config', site.path('ways'), '--known-hosts', site.path('known_hosts')]
      return site.problem([site.path('true.yml'), '-i', site.path('all'), ...site.connect, ...files], started)
    },
  }),
  kind({
    name: 'what hosts answer',
    share: 15,
    size: TOGETHER,
    input: fc.record({ answers: several(answer), mode: fc.constantFrom(...PLAY_MODES) }),
    run(site, { answers, mode }) {
      for (const [n, one] of answers.entries()) site.host(`b${n}`, almostRight(site, one))
      const users = [HONEST, ...answers.map((_, n) => `b${n}`)]
      site.write('every.yml', everyTask(`inventory_hostname != "${HONEST}"`))
      site.write('users', users.map((user) => `${user} ansible_user=${user}\n`).join(''))
      const argv = [site.path('every.yml'), '-i', site.path('users'), ...mode, ...site.reach]
      return site.problem(argv, mode.includes('jsonl') ? honestHostEndsWell : started)
    },
  }),
]

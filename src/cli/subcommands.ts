// The subcommands, each loaded only if it is the first word apart from options.
import { EXIT } from './exitStatus.ts'
import type { Subcommand, SubcommandContext } from './subcommand.ts'

export const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  'create-task': {
    operands: ['DIR', 'NAME'],
    summary: 'write a new task type and its cases',
    run: async (...given) => (await import('./createTask.ts')).createTask(...given),
  },
  doctor: {
    operands: ['[PATTERN]'],
    summary: 'find faults of the container feature; takes -i',
    details: `
  -i INVENTORY  where the hosts are; options to connect, such as -u and -b, are those of a run

  --json  print one JSON object
  --fix   show what the playbooks would change, ask, and change it
  --yes   with --fix: do not ask

  It exits with 0 when it finds nothing and with 3 when it finds something. See docs/doctor.md.
`,
    takesOptions: true,
    run: async (...given) => (await import('./doctor.ts')).doctor(...given),
  },
  explain: {
    operands: ['VAR', '[PLAYBOOK...]'],
    summary: 'show what sets a variable and what that overrode; takes -i',
    details: `
  -i INVENTORY    where the hosts are
  --host PATTERN  only these hosts
  -e NAME=VALUE   as in a run of the playbooks

  Example: crane-play explain port site.yml -i hosts --host crane02
`,
    takesOptions: true,
    run: async (...given) => (await import('./explainVariable.ts')).explainVariable(...given),
  },
  facts: {
    operands: ['PATTERN', '[NAME...]'],
    summary: 'ask hosts for facts such as os or service[sshd]; takes -i',
    details: `
  -i INVENTORY  where the hosts are; options to connect, such as -u and -b, are those of a run

  Without NAME: all facts that need no key. docs/facts.md lists them.
  Example: crane-play facts compute os service[sshd] -i hosts
`,
    takesOptions: true,
    run: async (...given) => (await import('./showFacts.ts')).showFacts(...given),
  },
  inventory: {
    operands: ['[PATTERN]'],
    summary: 'show groups and hosts, with --list as JSON; takes -i',
    details: `
  -i INVENTORY  where the hosts are
  --list        groups, hosts and variables as JSON
  --host NAME   the variables of one host as JSON
`,
    takesOptions: true,
    run: async (...given) => (await import('./showInventory.ts')).showInventory(...given),
  },
  'test-tasks': {
    operands: ['DIR'],
    summary: 'check task types and their cases without a host',
    run: async (...given) => (await import('./testTasks.ts')).testTasks(...given),
  },
}

export const usageOf = (name: string): string =>
  `crane-play ${[name, ...(SUBCOMMANDS[name]?.operands ?? [])].join(' ')}`

/** @param words all of the command line but its name */
export async function runSubcommand(
  name: string,
  words: readonly string[],
  context: SubcommandContext,
): Promise<number> {
  const { operands, summary, details = '', takesOptions, run } = SUBCOMMANDS[name] as Subcommand
  const usage = usageOf(name)
  if (words.some((word) => word === '--help' || word === '-h')) {
    context.sink.out(`Usage: ${usage}\n\n  ${summary}\n${details}`)
    return EXIT.well
  }
  if (takesOptions) return run(words, context)
  if (words.length === operands.length && !words.some((word) => word.startsWith('-'))) return run(words, context)
  return context.fail(`'${name}' takes ${operands.join(' and ')}`, `use \`${usage}\``)
}

/** For `--help`. */
export function subcommandHelp(): string {
  const rows = Object.entries(SUBCOMMANDS).map(([name, { summary }]) => ({ usage: usageOf(name), summary }))
  const column = Math.max(...rows.map(({ usage }) => usage.length))
  return `\nOther commands:\n${rows.map(({ usage, summary }) => `  ${usage.padEnd(column)}  ${summary}\n`).join('')}`
}

// The commands beside running playbooks, each loaded when it is the first word of the command line.
import type { Diagnostic } from '../model/diagnostic.ts'
import type { Sink } from '../report/reporter.ts'
import { EXIT } from './exitStatus.ts'

export interface SubcommandContext {
  readonly sink: Sink
  /** Reports a mistake of the command line; returns the exit status. */
  readonly fail: (message: string, hint: string) => number
  readonly tell: (diagnostics: readonly Diagnostic[]) => Promise<void>
}

export interface Subcommand {
  /** Its operands, one word each. */
  readonly operands: readonly string[]
  readonly summary: string
  /** @returns the exit status */
  readonly run: (words: readonly string[], context: SubcommandContext) => Promise<number>
}

export const SUBCOMMANDS: Readonly<Record<string, Subcommand>> = {
  'create-task': {
    operands: ['DIR', 'NAME'],
    summary: 'write a new task type and its cases',
    run: async (...given) => (await import('./createTask.ts')).createTask(...given),
  },
  'test-tasks': {
    operands: ['DIR'],
    summary: 'check task types and their cases without a host',
    run: async (...given) => (await import('./testTasks.ts')).testTasks(...given),
  },
}

/** @param argv with the subcommand's name first */
export async function runSubcommand(argv: readonly string[], context: SubcommandContext): Promise<number> {
  const [name = '', ...words] = argv
  const { operands, summary, run } = SUBCOMMANDS[name] as Subcommand
  const usage = `crane-play ${[name, ...operands].join(' ')}`
  if (words.some((word) => word === '--help' || word === '-h')) {
    context.sink.out(`Usage: ${usage}\n\n  ${summary}\n`)
    return EXIT.well
  }
  if (words.length === operands.length && !words.some((word) => word.startsWith('-'))) return run(words, context)
  return context.fail(`'${name}' takes ${operands.join(' and ')}`, `use \`${usage}\``)
}

/** For `--help`. */
export function subcommandHelp(): string {
  const rows = Object.entries(SUBCOMMANDS).map(([name, { operands, summary }]) => ({
    usage: `crane-play ${[name, ...operands].join(' ')}`,
    summary,
  }))
  const column = Math.max(...rows.map(({ usage }) => usage.length))
  return `\nOther commands:\n${rows.map(({ usage, summary }) => `  ${usage.padEnd(column)}  ${summary}\n`).join('')}`
}

// Where the value of a variable comes from: the levels of precedence, and one place at one of them.
import type { SourceSpan } from './diagnostic.ts'
import type { Json } from './inventory.ts'

/** From the strongest to the weakest. A table: the page about variables is made from it. */
export const PRECEDENCE = [
  {
    level: 'crane-play',
    what: 'what crane-play sets for each host: `inventory_hostname`, `groups`, `hostvars`, `facts` and the others',
  },
  { level: 'extra', what: '`-e`, a later one over an earlier one' },
  {
    level: 'task',
    what: '`vars` of the task, then of the blocks and imports around it, the innermost first; the variables of its loop',
  },
  { level: 'result', what: 'what tasks before it stored with `register` and `setVars`' },
  { level: 'play', what: '`vars_files` of the play, a later file over an earlier one, then its `vars`' },
  { level: 'host', what: 'the host: `host_vars/`, then the inventory file' },
  {
    level: 'group',
    what: 'its groups, a group over those that hold it, `all` last; of one group `group_vars/`, then the inventory file',
  },
  { level: 'default', what: 'the `default` of an input' },
] as const

export type PrecedenceLevel = (typeof PRECEDENCE)[number]['level']

export interface VariableSource {
  readonly level: PrecedenceLevel
  readonly at?: SourceSpan
  /** Of the inventory, where it is not the host's own. */
  readonly group?: string
  /** Absent: not known before the run, or `unset`. Of an expression that is overridden: as it is written. */
  readonly value?: Json
  /** It cannot be evaluated: what it is made of is not set. */
  readonly unset?: true
  /** It must not be shown. */
  readonly sensitive?: boolean
  /** What the expression in force is made of. */
  readonly made?: MadeOf
}

export interface MadeOf {
  readonly written: Json
  /** Variables. */
  readonly of: readonly string[]
  readonly facts: readonly string[]
  /** `written` is the name of a file that follows from facts: what each of the files sets, as it is written there. */
  readonly candidates?: readonly { readonly at: SourceSpan; readonly value: Json }[]
}

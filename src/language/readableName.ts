// Names that an expression can read, and those that crane-play sets itself.
import { FACTS_NAME } from '../model/facts.ts'

const NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const RESERVED = new Set(
  (
    'as break const continue else for function if import let loop package namespace return var void while in true ' +
    'false null bool int uint double string bytes list map type dyn null_type google cel optional ' +
    '__proto__ prototype constructor'
  ).split(' '),
)

/** Set by crane-play for each host. */
export const MAGIC_VARIABLES = [
  'inventory_hostname',
  'group_names',
  'groups',
  'hostvars',
  'play_hosts',
  'playbook_dir',
  'crane_check_mode',
  'managed',
  FACTS_NAME,
] as const

export const isName = (name: string): boolean => NAME.test(name)

/** A word of the expression language, or one that JavaScript objects have. */
export const isReserved = (name: string): boolean => RESERVED.has(name)

export const isReadableName = (name: string): boolean => isName(name) && !isReserved(name)

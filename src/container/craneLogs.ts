// Where CraneSched's daemons write their logs, by /etc/crane/config.yaml.
import { parseYaml } from '../task/index.ts'
import type { CraneLogs } from './cconProof.ts'

/** Takes the text of config.yaml, null where it is unknown, and returns where a compute node's logs are. */
export function craneLogs(config: string | null): CraneLogs {
  const values = (config === null ? undefined : parseYaml(config)) ?? {}
  const base = textIn(values, 'CraneBaseDir') ?? '/var/crane/'
  const below = (path: string) => (path.startsWith('/') ? path : `${base.replace(/\/*$/, '/')}${path}`)
  const supervisor = values['Supervisor']
  const directory = typeof supervisor === 'object' && supervisor !== null ? textIn(supervisor, 'LogDir') : undefined
  return {
    supervisor: below(directory ?? 'supervisor').replace(/\/+$/, ''),
    craned: below(textIn(values, 'CranedLogFile') ?? 'craned/craned.log'),
  }
}

function textIn(tree: object, key: string): string | undefined {
  const value = (tree as Readonly<Record<string, unknown>>)[key]
  return typeof value === 'string' && value !== '' ? value : undefined
}

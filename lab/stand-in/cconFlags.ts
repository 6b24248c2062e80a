/** The flags of ccon and its subcommands, and the usage text made from them. */
import type { FlagTable } from './goFlags.ts'

const text = { type: 'text' } as const
const list = { type: 'list' } as const
const flag = { type: 'flag' } as const
const whole = { type: 'int' } as const

/** Scheduling flags, written between `ccon` and `run`. */
export const craneFlags: FlagTable = {
  mem: text,
  gres: text,
  'cpus-per-task': { type: 'float', short: 'c' },
  partition: { type: 'text', short: 'p' },
  nodelist: { type: 'text', short: 'w' },
  time: { type: 'text', short: 't' },
  account: { type: 'text', short: 'A' },
  qos: { type: 'text', short: 'q' },
  nodes: { type: 'count', short: 'N' },
  ntasks: { type: 'count', short: 'n' },
  'ntasks-per-node': whole,
  exclude: { type: 'text', short: 'x' },
  reservation: { type: 'text', short: 'r' },
  exclusive: flag,
  hold: { type: 'flag', short: 'H' },
  'extra-attr': text,
  'mail-type': text,
  'mail-user': text,
  comment: text,
}
export const globalFlags: FlagTable = { config: { type: 'text', short: 'C' }, 'debug-level': text, json: flag }
/** Container flags, written after `run`. */
export const runFlags: FlagTable = {
  name: text,
  ports: { type: 'list', short: 'p' },
  env: { type: 'list', short: 'e' },
  volume: { type: 'list', short: 'v' },
  detach: { type: 'flag', short: 'd' },
  interactive: { type: 'flag', short: 'i' },
  tty: { type: 'flag', short: 't' },
  entrypoint: text,
  user: { type: 'text', short: 'u' },
  userns: flag,
  workdir: { type: 'text', short: 'w' },
  'pull-policy': text,
  network: text,
  dns: list,
  cpus: text,
  gpus: text,
  memory: text,
}
const listFlags: FlagTable = { all: { type: 'flag', short: 'a' }, quiet: { type: 'flag', short: 'q' } }
const logFlags: FlagTable = {
  follow: { type: 'flag', short: 'f' },
  tail: whole,
  timestamps: { type: 'flag', short: 't' },
  since: text,
  until: text,
  'target-node': { type: 'text', short: 'n' },
}
export const subcommands: Readonly<Record<string, FlagTable>> = {
  run: runFlags,
  ps: listFlags,
  pods: listFlags,
  inspect: {},
  inspectp: {},
  logs: logFlags,
  exec: { interactive: { type: 'flag', short: 'i' }, tty: { type: 'flag', short: 't' }, transport: text },
  attach: {
    stdin: flag,
    stdout: flag,
    stderr: flag,
    tty: flag,
    transport: text,
    'target-node': { type: 'text', short: 'n' },
  },
  stop: { timeout: { type: 'int', short: 't' } },
}

/** What follows an error of the command line, and what help prints: 20 to 50 lines, in this stand-in's own words. */
export function usageText(name: string | undefined): string {
  const own = name === undefined ? undefined : subcommands[name]
  const lines = (table: FlagTable) =>
    Object.entries(table).map(
      ([long, { type, short }]) =>
        `  ${short ? `-${short},` : '   '} --${long.padEnd(18)} ${type === 'flag' ? '' : type}`,
    )
  const parts = [
    'Usage:',
    own ? `  ccon [SCHEDULING FLAGS] ${name} [FLAGS] …` : '  ccon [SCHEDULING FLAGS] COMMAND …',
    '',
    ...(own ? [] : ['Commands:', ...Object.keys(subcommands).map((one) => `  ${one}`), '']),
    'Flags:',
    ...lines(own ?? craneFlags),
    '',
    'Global Flags:',
    ...lines(globalFlags),
    ...(own ? ['', 'Scheduling Flags:', ...lines(craneFlags)] : []),
    '',
    'This is the lab stand-in; the real ccon prints a text of its own here.',
  ]
  return parts.join('\n')
}

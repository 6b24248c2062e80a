/** Stand-in for CraneSched's `ccontrol`: `show node NAME`, and `update nodename=NAME state=drain|resume reason=TEXT`. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { askJson } from './jsonLines.ts'

interface NodeInfo {
  name: string
  state: string
  drained: boolean
  cpu: number
  running: number
  partitions: string[]
}

const fail = (text: string, status: number): never => {
  process.stderr.write(`${text}\n`)
  process.exit(status)
}

/** As the front end prints a node: the state of the scheduler in parentheses, that of the power in brackets. */
const shown = ({ name, state, drained, cpu, running, partitions }: NodeInfo): string =>
  `NodeName=${name} State=${state}${drained ? '(drain)' : ''}[active] CPU=${cpu.toFixed(2)} AllocCPU=${running.toFixed(2)} FreeCPU=${(cpu - running).toFixed(2)}
\tRealMemory=2048M AllocMem=0M FreeMem=2048M
\tGres=None AllocGres=None FreeGres=None
\tSockets=1
\tPartition=${partitions.join(',')} RunningJob=${running} Version=unknown
\tOs=unknown
\tBootTime=unknown CranedStartTime=unknown
\tLastBusyTime=unknown
`

const [action, ...words] = process.argv.slice(2)
const values = Object.fromEntries(words.map((word) => word.split(/=(.*)/s) as [string, string]))
const config = parse(readFileSync('/etc/crane/config.yaml', 'utf8')) as Record<string, unknown>
const ask = async <T>(request: object): Promise<T> => {
  try {
    return await askJson<T>(String(config['ControlMachine']), Number(config['CraneCtldListenPort']), request)
  } catch {
    return fail('Connection to CraneCtld is broken.', 3)
  }
}

if (action === 'show' && words[0] === 'node' && words[1] !== undefined) {
  const { node } = await ask<{ node?: NodeInfo }>({ type: 'node', name: words[1] })
  process.stdout.write(node ? shown(node) : fail(`Node ${words[1]} not found.`, 4))
} else if (action === 'update' && values['nodename'] !== undefined) {
  const { nodename: name, state, reason = '' } = values
  if (state !== 'drain' && state !== 'resume')
    fail(`Invalid state given: ${state}. Valid states are: drain, resume.`, 2)
  if (state === 'drain' && reason === '') fail('You must specify a reason by -r or --reason when draining.', 2)
  const { error } = await ask<{ error?: string }>({ type: 'control', name, drain: state === 'drain' })
  if (error !== undefined) fail(`Failed to modify node: ${name}. Reason: ${error}.`, 4)
  process.stdout.write(`Change ${name} successfully.\n`)
} else
  fail('lab stand-in: only `show node NAME` and `update nodename=NAME state=drain|resume reason=TEXT` are known', 2)

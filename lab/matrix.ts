// npm run matrix: deploys each runtime on hosts of each package manager, with plain and with encrypted streams, and prints a table.
import { execFile } from 'node:child_process'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Lab, LabProblem, labDown, labReset, labUp, ownLab, projectRoot } from './index.ts'
import type { LabOptions } from './labUp.ts'

const NAME = ownLab('matrix')
const NODE = 'crane02'

const RUNTIMES: Readonly<Record<string, LabOptions>> = {
  'containerd 1.7': { containerd: '1.7' },
  'containerd 2.1': { containerd: '2.1' },
  'containerd 2.3': { containerd: '2.3' },
  'CRI-O': { runtime: 'crio' },
}
const MANAGERS: Readonly<Record<string, readonly string[]>> = { apt: [], dnf: [NODE] }
const STREAMS: Readonly<Record<string, string>> = { plain: 'stream_tls=false', TLS: 'stream_tls=true' }

const STEPS = ['check', 'run', 'again', 'verify', 'doctor', 'undeploy'] as const
type Row = Partial<Record<(typeof STEPS)[number], string>>

interface Ended {
  readonly status: number
  readonly events: readonly Readonly<Record<string, any>>[]
  /** The last line that says something. */
  readonly last: string
  readonly out: string
}

/** Runs crane-play as a user would. */
function cranePlay(lab: Lab, ...args: string[]): Promise<Ended> {
  const argv = [join(projectRoot, 'bin/crane-play.js'), ...args, '-i', lab.inventory, '--known-hosts', lab.knownHosts]
  return new Promise((resolve) => {
    execFile(process.execPath, argv, { maxBuffer: 1 << 28 }, (error, out, err) => {
      const status = error ? Number(error.code ?? 1) : 0
      const events = out.split('\n').flatMap((line) => (line.startsWith('{"') ? [JSON.parse(line)] : []))
      resolve({ status, events, out, last: (err.trim() || out.trim()).split('\n').at(-1) ?? '' })
    })
  })
}

const failureOf = ({ events, status, last }: Ended): string => {
  const failed = events.find((event) => event['type'] === 'task-result' && event['result'].failure)
  return `FAILED: ${failed ? `${failed['task'].name}: ${failed['result'].failure.cause}` : `status ${status}: ${last}`}`
}

/** One cell: a fresh cluster from nothing to the feature and back. Stops at the first step that fails. */
async function deploy(lab: Lab, streams: string): Promise<Row> {
  const row: Row = {}
  // The lab's RPM repository has no package of the network plug-ins; they are on its hosts already.
  const more = { cni_packages: [], container_settings: { Dns: { Servers: [lab.gateway] } } }
  const inputs = ['-e', streams, '-e', JSON.stringify(more)]
  const play = (playbook: string, ...more: string[]) =>
    cranePlay(lab, `playbooks/${playbook}`, '--output', 'jsonl', '--detailed-exitcode', ...more)
  const check = await play('deploy.yml', '--check', ...inputs)
  row.check = check.status === 3 ? 'ok' : failureOf(check)
  const run = await play('deploy.yml', ...inputs)
  row.run = run.status === 3 ? 'ok' : failureOf(run)
  if (run.status !== 3) return row
  const again = await play('deploy.yml', ...inputs)
  const trips = again.events.find(({ type }) => type === 'run-ended')?.['roundTrips']?.[NODE]
  row.again = again.status === 0 ? `changed=0, ${trips} exchange${trips === 1 ? '' : 's'}` : failureOf(again)
  const verify = await play('verify.yml', '-e', streams)
  row.verify = verify.status === 0 ? 'ok' : failureOf(verify)
  row.doctor = await doctorOn(lab)
  const undeploy = await play('undeploy.yml', '-e', '{"cni_packages":[]}')
  row.undeploy = undeploy.status === 3 ? 'ok' : failureOf(undeploy)
  return row
}

/** True of the cluster, and no fault of its deployment: streams that were asked to be plain, and Debian's own containerd. */
const TRUE_OF_IT = ['streamsUnprotected', 'containerdVersionRefused']

async function doctorOn(lab: Lab): Promise<string> {
  const { out, last } = await cranePlay(lab, 'doctor', '--json')
  if (!out.startsWith('{')) return `FAILED: ${last}`
  const { findings, unanswered } = JSON.parse(out) as { findings: { check: string }[]; unanswered: unknown[] }
  const found = findings.map(({ check }) => check)
  const wrong = found.filter((check) => !TRUE_OF_IT.includes(check))
  if (wrong.length > 0 || unanswered.length > 0) {
    process.stderr.write(out)
    return `FAILED: ${wrong.join(', ') || 'not all was answered'}`
  }
  return found.length === 0 ? 'nothing found' : `${found.join(', ')}, as it is`
}

const { values } = parseArgs({ options: { only: { type: 'string', default: '' } } })
const wanted = (name: string) => name.toLowerCase().includes(values.only.toLowerCase())
const say = (line: string) => process.stdout.write(`${line}\n`)

let failed = false
say(`| | ${STEPS.join(' | ')} |\n|---|${STEPS.map(() => '---').join('|')}|`)
try {
  for (const [runtime, options] of Object.entries(RUNTIMES))
    for (const [manager, rpm] of Object.entries(MANAGERS)) {
      const cells = Object.entries(STREAMS).filter(([streams]) => wanted(`${runtime}, ${manager}, ${streams}`))
      if (cells.length === 0) continue
      let lab: Lab
      try {
        lab = await labUp({ name: NAME, hosts: 2, rpm, ...options })
      } catch (error) {
        if (!(error instanceof LabProblem)) throw error
        say(`| ${runtime}, ${manager} | left out: ${error.message} |`)
        continue
      }
      for (const [streams, input] of cells) {
        await labReset('all', NAME)
        const row = await deploy(lab, input)
        failed ||= Object.values(row).some((cell) => cell.startsWith('FAILED'))
        say(`| ${runtime}, ${manager}, ${streams} | ${STEPS.map((step) => row[step] ?? '-').join(' | ')} |`)
      }
    }
  if (wanted('containerd 1.6')) {
    const lab = await labUp({ name: NAME, hosts: 2, containerd: '1.6' })
    const run = await cranePlay(lab, 'playbooks/deploy.yml', '--output', 'jsonl')
    const says = failureOf(run)
    failed ||= !says.includes('is too old')
    say(`| containerd 1.6, apt | refused as it must be: ${says} |`)
  }
} finally {
  await labDown(undefined, NAME)
}
process.exitCode = failed ? 1 : 0

// npm run demo: fresh hosts, the deployment in check mode, for real, and again with nothing to change; then a container job.
import { spawnSync } from 'node:child_process'
import { dirname, join } from 'node:path'
import { type Lab, LabProblem, labHost, labReset, labUp, projectRoot } from './index.ts'

const PARTITION = 'CPU'
const GREETING = 'Hello from container'

const title = (text: string) => console.log(`\n\x1b[1m# ${text}\x1b[0m`)

/** Runs crane-play as a user would and shows its own output. @returns the exit status. */
function cranePlay(lab: Lab, ...args: string[]): number {
  console.log(`$ crane-play ${args.join(' ')}\n`)
  const { status } = spawnSync(process.execPath, [join(projectRoot, 'bin/crane-play.js'), ...args], {
    stdio: 'inherit',
    cwd: dirname(lab.inventory),
  })
  return status ?? 1
}

/** What the guide does by hand: one container job, and the line that it prints. */
async function containerJob(): Promise<boolean> {
  const control = labHost('crane01')
  const show = async (command: string) => {
    console.log(`crane01# ${command}`)
    const { stdout, stderr } = await control.exec(`cd /home/shared && ${command}`)
    console.log((stdout + stderr).trimEnd())
    return stdout
  }
  const submitted = await show(
    `ccon -p ${PARTITION} run -d --pull-policy IfNotPresent alpine:latest echo '${GREETING}'`,
  )
  const job = /Job ID: (\d+)/.exec(submitted)?.[1]
  if (!job) return false
  for (let tries = 60; tries > 0; tries--) {
    const { stdout } = await control.exec(`ccon inspect ${job}.1`)
    const { status, node } = readJob(stdout)
    if (ENDED.has(status)) {
      await show('ccon ps -a')
      return (await show(`ccon logs -n ${node} ${job}.1`)).includes(GREETING)
    }
    await new Promise((resolve) => setTimeout(resolve, 500))
  }
  return false
}

/** ccon's numbers for completed, failed, out of time, cancelled, out of memory, past its deadline. */
const ENDED: ReadonlySet<number> = new Set([2, 3, 4, 5, 6, 11])

function readJob(json: string): { status: number; node: string } {
  const step = JSON.parse(json || '{}') as {
    status?: number
    craned_list?: string
    node_list?: string
    nodelist?: string
  }
  const node = step.craned_list ?? step.node_list ?? step.nodelist ?? ''
  return { status: step.status ?? 0, node }
}

async function demo(): Promise<number> {
  title('Four fresh hosts: crane01 is the control node, crane[02-04] compute')
  const lab = await labUp({ hosts: 4, say: (line) => console.error(line) })
  await labReset('all')
  const deploy = ['deploy.yml', '-i', 'hosts', '--known-hosts', 'known_hosts']
  title('What would it do? (--check touches nothing)')
  const check = cranePlay(lab, ...deploy, '--check', '--detailed-exitcode')
  title('Make it so')
  const first = cranePlay(lab, ...deploy, '--detailed-exitcode')
  title('And again: nothing is left to change')
  const second = cranePlay(lab, ...deploy, '--detailed-exitcode')
  title("The guide's own test, by hand")
  const greeted = await containerJob()
  const faults = [
    ...(check === 3 ? [] : [`--check ended with ${check} and not 3 (something would change)`]),
    ...(first === 3 ? [] : [`the first run ended with ${first} and not 3 (something changed)`]),
    ...(second === 0 ? [] : [`the second run ended with ${second} and not 0 (nothing changed)`]),
    ...(greeted ? [] : ['ccon did not print its line']),
  ]
  title(
    faults.length
      ? `The demo failed: ${faults.join('; ')}`
      : 'The second run changed nothing, and the container spoke. `npm run lab -- down` ends the lab.',
  )
  return faults.length ? 1 : 0
}

try {
  process.exitCode = await demo()
} catch (error) {
  if (!(error instanceof LabProblem)) throw error
  console.error(error.message)
  process.exitCode = 1
}

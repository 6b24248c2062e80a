/** `npm run lab -- …`: up, status, ssh, reset, down. */
import { spawn } from 'node:child_process'
import { Command, CommanderError, Option } from 'commander'
import { labDown, labHost, LabProblem, labReset, labState, labUp, projectRoot } from './index.ts'
import { hostIsUp } from './labState.ts'
import { hostCount, maximumHosts } from './names.ts'
import { containerdPins, type ContainerdGeneration } from './recipe.ts'

const started = Date.now()
const say = (line: string) => process.stdout.write(`lab ${((Date.now() - started) / 1000).toFixed(1)}s: ${line}\n`)

const program = new Command('lab')
  .description('Real test hosts in namespaces of this machine.')
  .exitOverride()
  .enablePositionalOptions()

program
  .command('up')
  .description('bring the hosts up; hosts that are right already are left alone')
  .option('--hosts <n>', `how many, 1 to ${maximumHosts}`, '4')
  .addOption(
    new Option('--containerd <generation>', 'what apt offers').choices(Object.keys(containerdPins)).default('1.7'),
  )
  .option('--bare-config', 'hosts start without /etc/containerd/config.toml')
  .option('--take-over', 'end a lab that another checkout started')
  .action(async (options: { hosts: string; containerd: ContainerdGeneration; bareConfig?: true; takeOver?: true }) => {
    await labUp({ ...options, hosts: hostCount(options.hosts), say })
  })

program
  .command('status')
  .description('say what is up')
  .action(() => {
    const state = labState()
    if (!state) {
      say('no lab is up')
      return
    }
    say(`lab of ${state.owner}: ${state.size} hosts, containerd ${state.containerd} on offer`)
    for (const host of state.hosts) say(`${host.name} ${host.address} ${hostIsUp(host) ? 'up' : 'DOWN'}`)
    if (state.owner !== projectRoot) say('it belongs to another checkout; `up --take-over` here would replace it')
  })

program
  .command('ssh')
  .argument('<host>')
  .argument('[command...]')
  .passThroughOptions()
  .description('log in as root, or run a command')
  .action(async (name: string, command: string[]) => {
    const { address } = labHost(name)
    const files = ['-i', `${projectRoot}/.lab/id_ed25519`, '-o', `UserKnownHostsFile=${projectRoot}/.lab/known_hosts`]
    const child = spawn('ssh', ['-F', 'none', ...files, `root@${address}`, ...command], { stdio: 'inherit' })
    process.exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 255)))
  })

program
  .command('reset')
  .argument('<host...>', 'names, or all')
  .description('put hosts back to their first state')
  .action(async (names: string[]) => {
    await labReset(names.includes('all') ? 'all' : names)
    say(`reset: ${names.join(' ')}`)
  })

program
  .command('down')
  .description('end the hosts this lab started')
  .action(() => labDown(say))

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof LabProblem) {
    process.stderr.write(`lab: ${error.message}\n`)
    process.exitCode = 1
  } else throw error
}

/** `npm run lab -- …`: up, status, ssh, reset, down. */
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { Command, CommanderError, Option } from 'commander'
import { fakeGpus, type FakeGpuKind } from './fakeGpu.ts'
import { labDown, labHost, LabProblem, labReset, labUp, projectRoot } from './index.ts'
import { labFiles, labName } from './labName.ts'
import { hostIsUp, readStates } from './labState.ts'
import { computeNames, hostCount, maximumHosts } from './names.ts'
import { buildTools } from './tools/buildTools.ts'
import { containerdPins, type ContainerdGeneration, type Runtime, runtimes } from './recipe.ts'

interface Named {
  name?: string
}
interface UpOptions extends Named {
  hosts: string
  containerd: ContainerdGeneration
  runtime: Runtime
  bareConfig?: true
  rpm?: string
  gpu?: FakeGpuKind
  takeOver?: true
}

const started = Date.now()
const say = (line: string) => process.stdout.write(`lab ${((Date.now() - started) / 1000).toFixed(1)}s: ${line}\n`)

const program = new Command('lab')
  .description('Real test hosts in namespaces of this machine.')
  .exitOverride()
  .enablePositionalOptions()

const nameOption = () =>
  new Option('--name <name>', "which lab; default: $CRANE_PLAY_LAB, or the checkout's own").env('CRANE_PLAY_LAB')

program
  .command('up')
  .description('bring the hosts up; hosts that are right already are left alone')
  .addOption(nameOption())
  .option('--hosts <n>', `how many, 1 to ${maximumHosts}`, '4')
  .addOption(
    new Option('--containerd <generation>', 'what apt offers').choices(Object.keys(containerdPins)).default('1.7'),
  )
  .addOption(
    new Option('--runtime <runtime>', 'the runtime that deploy.yml installs, by the inventory')
      .choices(runtimes)
      .default('containerd'),
  )
  .option('--rpm <hosts>', 'hosts with dnf instead of apt: names with commas between them, or all')
  .addOption(
    new Option('--gpu <kind>', 'each compute node shows a GPU, without any device behind it').choices(
      Object.keys(fakeGpus),
    ),
  )
  .option('--bare-config', 'hosts start without /etc/containerd/config.toml')
  .option('--take-over', 'end a lab of this name that another checkout started')
  .action(async (options: UpOptions) => {
    const { rpm, gpu, ...others } = options
    const hosts = hostCount(options.hosts)
    const gpus = gpu && Object.fromEntries(computeNames(hosts).map((host) => [host, gpu]))
    const rpmHosts = rpm === 'all' ? rpm : (rpm?.split(',') ?? [])
    await labUp({ ...others, rpm: rpmHosts, ...(gpus && { gpus }), hosts, say })
  })

program
  .command('tools')
  .description(
    'build crictl, CRI-O, nvidia-ctk and a newer containerd, where Go is at hand; once, in about seven minutes',
  )
  .action(() => buildTools(say))

program
  .command('status')
  .description('show the labs of this machine')
  .action(() => {
    const labs = readStates()
    if (labs.length === 0) say('no lab is up')
    for (const { name, owner, size, containerd, hosts } of labs) {
      const whose = owner === projectRoot ? '' : `, of ${owner}${existsSync(owner) ? '' : ' (which is gone)'}`
      say(`lab ${name}: ${size} hosts, containerd ${containerd} on offer${whose}`)
      for (const host of hosts) say(`  ${host.name} ${host.address} ${hostIsUp(host) ? 'up' : 'DOWN'}`)
    }
  })

program
  .command('ssh')
  .addOption(nameOption())
  .argument('<host>')
  .argument('[command...]')
  .passThroughOptions()
  .description('log in as root, or run a command')
  .action(async (host: string, command: string[], options: Named) => {
    const lab = labName(options.name)
    const { address } = labHost(host, lab)
    const { privateKey, knownHosts } = labFiles(lab)
    const files = ['-i', privateKey, '-o', `UserKnownHostsFile=${knownHosts}`]
    const child = spawn('ssh', ['-F', 'none', ...files, `root@${address}`, ...command], { stdio: 'inherit' })
    process.exitCode = await new Promise<number>((resolve) => child.once('exit', (code) => resolve(code ?? 255)))
  })

program
  .command('reset')
  .addOption(nameOption())
  .argument('<host...>', 'names, or all')
  .description('put hosts back to their first state')
  .action(async (hosts: string[], options: Named) => {
    await labReset(hosts.includes('all') ? 'all' : hosts, labName(options.name))
    say(`reset: ${hosts.join(' ')}`)
  })

program
  .command('down')
  .addOption(nameOption())
  .description('end the hosts of a lab')
  .action((options: Named) => labDown(say, labName(options.name)))

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode
  else if (error instanceof LabProblem) {
    process.stderr.write(`lab: ${error.message}\n`)
    process.exitCode = 1
  } else throw error
}

/** Boots one host: overlay, network namespace, systemd, sshd. */
import { spawn } from 'node:child_process'
import { closeSync, existsSync, mkdirSync, openSync, statfsSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { $ } from 'zx'
import { hostDirectory, sharedHome } from './hostDisk.ts'
import type { HostState, LabState } from './labState.ts'
import { LabProblem } from './machine.ts'
import { bridgeName, gatewayAddress, hostAddress, hostIndex, netnsName, vethName } from './names.ts'
import { readOr, until } from './until.ts'

const quiet = $({ quiet: true })
const lax = $({ quiet: true, nothrow: true })

/** Makes the bridge that all hosts of a lab are connected to. */
export async function ensureBridge(lab: number): Promise<void> {
  const bridge = bridgeName(lab)
  if (existsSync(`/sys/class/net/${bridge}`)) return
  await quiet`ip link add ${bridge} type bridge`
  await quiet`ip address add ${`${gatewayAddress(lab)}/24`} dev ${bridge}`
  await quiet`ip link set ${bridge} up`
}

/** Mounts and boots a host whose seed is in place; returns as soon as systemd runs. */
export async function startHost(state: LabState, site: string, name: string): Promise<HostState> {
  const directory = hostDirectory(state.disks, name)
  for (const part of ['upper', 'work', 'root', 'disk']) mkdirSync(join(directory, part), { recursive: true })
  const lower = [join(directory, 'seed'), site, ...layersOf(state, name), state.image]
  await mountOverlay(directory, lower.join(':'))
  const address = hostAddress(state.number, hostIndex(name))
  const netns = netnsName(state.number, name)
  const veth = vethName(state.number, name)
  const commands = [
    `netns add ${netns}`,
    `link add ${veth} type veth peer name eth0 netns ${netns}`,
    `link set ${veth} master ${bridgeName(state.number)} up`,
    `-n ${netns} link set lo up`,
    `-n ${netns} address add ${address}/24 dev eth0`,
    `-n ${netns} link set eth0 up`,
  ]
  for (const command of commands) await quiet`ip ${command.split(' ')}`
  const log = openSync(join(directory, 'boot.log'), 'w')
  const launch = join(import.meta.dirname, 'host/launch.sh')
  const args = [launch, name, netns, join(directory, 'root'), join(directory, 'disk'), sharedHome(state.disks)]
  const child = spawn('/bin/sh', args, { detached: true, stdio: ['ignore', log, log], cwd: '/' })
  child.unref()
  closeSync(log)
  const launcher = child.pid ?? 0
  const pid = await until(`${name} to start systemd (see ${join(directory, 'boot.log')})`, 15_000, () => {
    if (child.exitCode !== null) throw new LabProblem(bootFailure(directory, name))
    const children = readOr(`/proc/${launcher}/task/${launcher}/children`).trim().split(' ').filter(Boolean)
    const first = Number(children[0] ?? 0)
    return first && readOr(`/proc/${first}/comm`).trim() === 'systemd' ? first : undefined
  })
  return { name, address, launcher, pid }
}

/** What lies between the lab's own layer and the image on that host. */
const layersOf = ({ layer, rpm, rpmLayer }: LabState, name: string): string[] => [
  ...(layer === undefined ? [] : [layer]),
  ...(rpmLayer !== undefined && rpm.includes(name) ? [rpmLayer] : []),
]

async function mountOverlay(directory: string, lower: string): Promise<void> {
  const options = `lowerdir=${lower},upperdir=${join(directory, 'upper')},workdir=${join(directory, 'work')}`
  const result = await lax`mount -t overlay overlay -o ${options} ${join(directory, 'root')}`
  if (result.exitCode === 0) return
  const overlayMagic = 0x794c7630
  if (statfsSync(directory).type === overlayMagic)
    throw new LabProblem(
      `the hosts' disks in ${directory} lie on an overlay themselves: set CRANE_PLAY_LAB_CACHE to a directory on a plain file system`,
    )
  throw new LabProblem(`the overlay of ${directory} cannot be mounted: ${result.stderr.trim()}`)
}

const bootFailure = (directory: string, name: string): string =>
  `${name} did not start: ${readOr(join(directory, 'boot.log')).trim().split('\n').at(-1) ?? 'no message'}`

/** Waits until sshd greets and systemd has finished booting. */
export async function awaitHost(host: HostState): Promise<void> {
  await until(`${host.name} to answer on port 22`, 30_000, () => greets(host.address))
  await until(`${host.name} to finish booting`, 30_000, async () => {
    const answer = await lax`nsenter -t ${host.pid} -a systemctl is-system-running`
    return ['running', 'degraded'].includes(answer.stdout.trim()) ? true : undefined
  })
}

function greets(address: string): Promise<true | undefined> {
  return new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 })
    const end = (answer: true | undefined) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(500, () => end(undefined))
    socket.once('data', () => end(true))
    socket.once('error', () => end(undefined))
  })
}

/** Starts, awaits and ends one host: overlay, network namespace, systemd, sshd. */
import { spawn } from 'node:child_process'
import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmdirSync,
  statfsSync,
} from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { $ } from 'zx'
import { LabProblem } from './machine.ts'
import { type HostState, isAlive, type LabState } from './labState.ts'
import { bridge, bridgeAddress, hostAddress, hostIndex, hostName, maximumHosts, netnsName } from './names.ts'

const quiet = $({ quiet: true })
const lax = $({ quiet: true, nothrow: true })

export const hostFolder = (disks: string, name: string): string => join(disks, name)
/** The host's whole root file system as the controller sees it. */
export const hostRoot = (disks: string, name: string): string => join(disks, name, 'root')
export const sharedHome = (disks: string): string => join(disks, 'home')

/** Makes the bridge all hosts hang on. */
export async function ensureBridge(): Promise<void> {
  if (existsSync(`/sys/class/net/${bridge}`)) return
  await quiet`ip link add ${bridge} type bridge`
  await quiet`ip address add ${`${bridgeAddress}/24`} dev ${bridge}`
  await quiet`ip link set ${bridge} up`
}

/** Mounts and boots a host whose seed is in place; returns as soon as systemd runs. */
export async function startHost(state: LabState, site: string, name: string): Promise<HostState> {
  const folder = hostFolder(state.disks, name)
  for (const part of ['upper', 'work', 'root', 'disk']) mkdirSync(join(folder, part), { recursive: true })
  const lower = [join(folder, 'seed'), site, ...(state.layer === undefined ? [] : [state.layer]), state.image].join(':')
  await mountOverlay(folder, lower)
  const index = hostIndex(name)
  const netns = netnsName(name)
  const veth = `vcl${index}`
  const commands = [
    `netns add ${netns}`,
    `link add ${veth} type veth peer name eth0 netns ${netns}`,
    `link set ${veth} master ${bridge} up`,
    `-n ${netns} link set lo up`,
    `-n ${netns} address add ${hostAddress(index)}/24 dev eth0`,
    `-n ${netns} link set eth0 up`,
  ]
  for (const command of commands) await quiet`ip ${command.split(' ')}`
  const log = openSync(join(folder, 'boot.log'), 'w')
  const launch = join(import.meta.dirname, 'host/launch.sh')
  const args = [launch, name, netns, join(folder, 'root'), join(folder, 'disk'), sharedHome(state.disks)]
  const child = spawn('/bin/sh', args, { detached: true, stdio: ['ignore', log, log], cwd: '/' })
  child.unref()
  closeSync(log)
  const launcher = child.pid ?? 0
  const pid = await until(`${name} to start systemd (see ${join(folder, 'boot.log')})`, 15_000, () => {
    if (child.exitCode !== null) throw new LabProblem(bootFailure(folder, name))
    const children = readOr(`/proc/${launcher}/task/${launcher}/children`).trim().split(' ').filter(Boolean)
    const first = Number(children[0] ?? 0)
    return first && readOr(`/proc/${first}/comm`).trim() === 'systemd' ? first : undefined
  })
  return { name, address: hostAddress(index), launcher, pid }
}

async function mountOverlay(folder: string, lower: string): Promise<void> {
  const options = `lowerdir=${lower},upperdir=${join(folder, 'upper')},workdir=${join(folder, 'work')}`
  const result = await lax`mount -t overlay overlay -o ${options} ${join(folder, 'root')}`
  if (result.exitCode === 0) return
  const overlayMagic = 0x794c7630
  if (statfsSync(folder).type === overlayMagic)
    throw new LabProblem(
      `The hosts' disks in ${folder} lie on an overlay themselves: set CRANE_PLAY_LAB_CACHE to a folder on a plain file system.`,
    )
  throw new LabProblem(`The overlay of ${folder} could not be mounted: ${result.stderr.trim()}`)
}

const bootFailure = (folder: string, name: string): string =>
  `${name} did not start: ${readOr(join(folder, 'boot.log')).trim().split('\n').at(-1) ?? 'no message'}`

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

/** Ends a host as a power cut does: no service is asked to stop. Returns when its systemd is gone. */
export async function powerOff(host: HostState): Promise<void> {
  strike(host)
  await until(`${host.name} to end`, 15_000, () => !existsSync(`/proc/${host.pid}`) || undefined)
}

/** Kills the host's pid 1, and with it by the kernel's rule every process in it, without waiting for the end. */
export function strike(host: HostState): void {
  if (isAlive(host.pid, 'systemd')) killQuietly(host.pid)
  if (isAlive(host.launcher, 'unshare')) killQuietly(host.launcher)
}

/**
 * Takes a struck host's name, address and mount away, so that a new one can have them at once.
 * The old processes may take a second or two to end (the kernel frees their watches one after another).
 */
export async function detachHost(disks: string, name: string): Promise<void> {
  await lax`ip netns delete ${netnsName(name)}`
  await lax`ip link delete ${`vcl${hostIndex(name)}`}`
  groups(name).forEach(removeGroup)
  const root = hostRoot(disks, name)
  for (const line of readOr('/proc/mounts').split('\n').reverse()) {
    const mountpoint = line.split(' ')[1] ?? ''
    if (mountpoint === root || mountpoint.startsWith(`${root}/`)) await lax`umount -l ${mountpoint}`
  }
}

/** Removes what a host leaves in the kernel (processes, namespace, cgroups, mount), whatever state it is in. */
export async function clearHost(disks: string, name: string): Promise<void> {
  await until(`the processes of ${name} to end`, 15_000, async () => {
    const pids = [...(await namespacePids(name)), ...groups(name).flatMap(groupPids)]
    pids.forEach(killQuietly)
    return pids.length === 0 || undefined
  })
  await detachHost(disks, name)
  await until(`the control groups of ${name} to empty`, 15_000, () => {
    groups(name).forEach(removeGroup)
    return groups(name).length === 0 || undefined
  })
}

/** Removes a control group from its leaves up; one that still has processes stays. */
function removeGroup(group: string): void {
  try {
    for (const entry of readdirSync(group, { withFileTypes: true }))
      if (entry.isDirectory()) removeGroup(join(group, entry.name))
    rmdirSync(group)
  } catch {
    // Busy, or gone already.
  }
}

async function namespacePids(name: string): Promise<number[]> {
  const list = await lax`ip netns pids ${netnsName(name)}`
  return list.stdout.split('\n').filter(Boolean).map(Number)
}

/** The control groups of all lives of a host: one in each hierarchy and for each boot. */
function groups(name: string): string[] {
  const hierarchies = readOr('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , kind]) => kind?.startsWith('cgroup'))
  return hierarchies.flatMap(([, top = '']) =>
    readdirSync(top)
      .filter((group) => group.startsWith(`crane-lab-${name}-`))
      .map((group) => join(top, group)),
  )
}

const groupPids = (group: string): number[] =>
  readdirSync(group, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('cgroup.procs'))
    .flatMap((file) => readOr(join(group, file)).split('\n').filter(Boolean).map(Number))

/** Empties a cleared host's disk; the old content is moved aside at once and deleted in the background. */
export function wipeDisk(disks: string, name: string): void {
  const folder = hostFolder(disks, name)
  const trash = join(disks, `trash-${name}-${process.pid}-${Date.now()}`)
  const used = ['upper', 'work', 'disk'].filter((part) => existsSync(join(folder, part)))
  if (used.length === 0) return
  mkdirSync(trash)
  for (const part of used) renameSync(join(folder, part), join(trash, part))
  remove([trash])
}

/** Deletes what an interrupted deletion left. */
export const emptyTrash = (disks: string): void =>
  remove(
    readdirSync(disks)
      .filter((name) => name.startsWith('trash-'))
      .map((name) => join(disks, name)),
  )

function remove(folders: string[]): void {
  if (folders.length > 0) spawn('nice', ['rm', '-rf', ...folders], { detached: true, stdio: 'ignore' }).unref()
}

/** Hosts that still hold something of an earlier lab, by their namespaces, mounts and control groups. */
export async function leftovers(disks: string): Promise<string[]> {
  const spaces = (await lax`ip netns list`).stdout
  const mounts = readOr('/proc/mounts')
  const names = Array.from({ length: maximumHosts }, (_, index) => hostName(index))
  return names.filter(
    (name) =>
      spaces.includes(netnsName(name)) || mounts.includes(` ${hostRoot(disks, name)} `) || groups(name).length > 0,
  )
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself between the list and the signal.
  }
}

function readOr(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}

/** Polls until `look` gives a value; throws a LabProblem naming what was awaited after `limit` milliseconds. */
export async function until<T>(
  what: string,
  limit: number,
  look: () => T | undefined | Promise<T | undefined>,
): Promise<T> {
  const giveUp = Date.now() + limit
  for (;;) {
    const value = await look()
    if (value !== undefined) return value
    if (Date.now() > giveUp) throw new LabProblem(`Waited ${limit / 1000} s in vain for ${what}.`)
    await pause(30)
  }
}

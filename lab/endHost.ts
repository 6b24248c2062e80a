/** Ends hosts, and removes what they leave in the kernel, whatever state they are in. */
import { existsSync, readdirSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { hostRoot } from './hostDisk.ts'
import { type HostState, isAlive, type LabState } from './labState.ts'
import { hostName, maximumHosts, netnsName, vethName } from './names.ts'
import { readOr, until } from './until.ts'

const lax = $({ quiet: true, nothrow: true })

/** What distinguishes the hosts of one lab from those of another. */
export type LabPlace = Pick<LabState, 'number' | 'disks'>

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
export async function detachHost({ number, disks }: LabPlace, name: string): Promise<void> {
  await lax`ip netns delete ${netnsName(number, name)}`
  await lax`ip link delete ${vethName(number, name)}`
  groups(number, name).forEach(removeGroup)
  const root = hostRoot(disks, name)
  for (const line of readOr('/proc/mounts').split('\n').reverse()) {
    const mountpoint = line.split(' ')[1] ?? ''
    if (mountpoint === root || mountpoint.startsWith(`${root}/`)) await lax`umount -l ${mountpoint}`
  }
}

/** Removes what a host leaves in the kernel: processes, namespace, cgroups, mount. */
export async function clearHost(lab: LabPlace, name: string): Promise<void> {
  await until(`the processes of ${name} to end`, 15_000, async () => {
    const pids = [...(await namespacePids(lab.number, name)), ...groups(lab.number, name).flatMap(groupPids)]
    pids.forEach(killQuietly)
    return pids.length === 0 || undefined
  })
  await detachHost(lab, name)
  await until(`the control groups of ${name} to empty`, 15_000, () => {
    groups(lab.number, name).forEach(removeGroup)
    return groups(lab.number, name).length === 0 || undefined
  })
}

/** Hosts that still hold something of an earlier lab, by their namespaces, mounts and control groups. */
export async function leftovers({ number, disks }: LabPlace): Promise<string[]> {
  const spaces = (await lax`ip netns list`).stdout.split('\n').map((line) => line.split(' ')[0])
  const mounts = readOr('/proc/mounts')
  const names = Array.from({ length: maximumHosts }, (_, index) => hostName(index))
  return names.filter(
    (name) =>
      spaces.includes(netnsName(number, name)) ||
      mounts.includes(` ${hostRoot(disks, name)} `) ||
      groups(number, name).length > 0,
  )
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

async function namespacePids(number: number, name: string): Promise<number[]> {
  const list = await lax`ip netns pids ${netnsName(number, name)}`
  return list.stdout.split('\n').filter(Boolean).map(Number)
}

/** The control groups of all lives of a host: one in each hierarchy and for each boot. */
function groups(number: number, name: string): string[] {
  const hierarchies = readOr('/proc/mounts')
    .split('\n')
    .map((line) => line.split(' '))
    .filter(([, , kind]) => kind?.startsWith('cgroup'))
  return hierarchies.flatMap(([, top = '']) =>
    readdirSync(top)
      .filter((group) => group.startsWith(`${netnsName(number, name)}-`))
      .map((group) => join(top, group)),
  )
}

const groupPids = (group: string): number[] =>
  readdirSync(group, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('cgroup.procs'))
    .flatMap((file) => readOr(join(group, file)).split('\n').filter(Boolean).map(Number))

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself between the list and the signal.
  }
}

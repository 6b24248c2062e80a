/** The lab's programmatic side: what tests and the command line call to start, reset, reach and end hosts. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import {
  awaitHost,
  clearHost,
  detachHost,
  emptyTrash,
  ensureBridge,
  hostFolder,
  hostRoot,
  leftovers,
  powerOff,
  startHost,
  strike,
  wipeDisk,
} from './bootHost.ts'
import { ensureImage } from './buildImage.ts'
import { makeKey, writeHome, writeSeed } from './hostSeed.ts'
import { writeInventory } from './inventoryFiles.ts'
import { alone, findHost, forgetState, hostIsUp, type LabState, readState, requireOwn, writeState } from './labState.ts'
import { cacheFolder, installTools, LabProblem, raiseWatchLimit, requireRootOnLinux, type Say } from './machine.ts'
import { bridge, hostCount, hostNames } from './names.ts'
import { type ContainerdGeneration, containerdPins } from './recipe.ts'
import { codeDigest } from './codeDigest.ts'
import { buildSiteLayer } from './siteLayer.ts'

export { LabProblem } from './machine.ts'
export { readState as labState } from './labState.ts'

/** The checkout this file belongs to. */
export const projectRoot = join(import.meta.dirname, '..')
const labFolder = join(projectRoot, '.lab')

export interface LabOptions {
  /** 1 to 32; crane01 is the control node. */
  hosts?: number
  /** What `apt-get install containerd` gives on the hosts. */
  containerd?: ContainerdGeneration
  /** Start hosts without /etc/containerd/config.toml; runc is then wrapped so that containers run all the same. */
  bareConfig?: boolean
  /** A folder that lies over the image on every host: what peers of the benchmark need there, such as Python. */
  layer?: string
  /** Replace a lab that another checkout started. */
  takeOver?: boolean
  say?: Say
}

/** Files of a running lab, and its hosts' names. */
export interface Lab {
  hosts: string[]
  /** INI inventory, absolute path. */
  inventory: string
  knownHosts: string
  privateKey: string
}

const files: Omit<Lab, 'hosts'> = {
  inventory: join(labFolder, 'hosts'),
  knownHosts: join(labFolder, 'known_hosts'),
  privateKey: join(labFolder, 'id_ed25519'),
}

/**
 * Brings the lab to the wanted size and options; hosts already right are left alone.
 * @throws LabProblem with one sentence when this machine or another lab stands in the way
 */
export async function labUp(options: LabOptions = {}): Promise<Lab> {
  const { containerd = '1.7', bareConfig = false, layer, takeOver = false, say = () => {} } = options
  const size = hostCount(options.hosts ?? 4)
  if (!(containerd in containerdPins))
    throw new LabProblem(`The lab has containerd ${Object.keys(containerdPins).join(', ')}, not ${containerd}.`)
  requireRootOnLinux()
  return alone(async () => {
    await installTools(say)
    raiseWatchLimit(say)
    const before = readState()
    if (before && before.owner !== projectRoot) await replaceForeign(before, takeOver, say)
    const image = await ensureImage(say)
    const disks = join(cacheFolder(), 'hosts')
    const code = codeDigest()
    const wanted: LabState = {
      version: 1,
      owner: projectRoot,
      disks,
      image,
      ...(layer !== undefined && { layer }),
      code,
      containerd,
      bareConfig,
      size,
      hosts: [],
    }
    const current = readState()
    if (current && sameKind(current, wanted) && current.hosts.every(hostIsUp) && current.hosts.length === size) {
      await Promise.all(current.hosts.map(awaitHost))
      say(`already up: ${size} hosts`)
      return { hosts: hostNames(size), ...files }
    }
    await endEverything(current, current?.disks ?? disks, say)
    await startLab(wanted, say)
    return { hosts: hostNames(size), ...files }
  })
}

const sameKind = (a: LabState, b: LabState): boolean =>
  a.owner === b.owner &&
  a.image === b.image &&
  a.layer === b.layer &&
  a.code === b.code &&
  a.containerd === b.containerd &&
  a.bareConfig === b.bareConfig &&
  a.size === b.size &&
  existsSync(files.privateKey)

async function replaceForeign(other: LabState, takeOver: boolean, say: Say): Promise<void> {
  const alive = other.hosts.filter(hostIsUp).length
  if (alive > 0 && !takeOver && existsSync(join(other.owner, 'lab')))
    throw new LabProblem(
      `A lab of ${other.owner} is up with ${alive} hosts, and a machine carries one lab: run \`npm run lab -- down\` there, or \`npm run lab -- up --take-over\` here to end it and start this one.`,
    )
  say(`taking over: ending the lab of ${other.owner} (${alive} hosts up)`)
  await endEverything(other, other.disks, say)
}

async function startLab(state: LabState, say: Say): Promise<void> {
  mkdirSync(state.disks, { recursive: true })
  mkdirSync(labFolder, { recursive: true })
  writeState(state)
  await makeKey(files.privateKey, 'crane-play-lab')
  const publicKey = readFileSync(`${files.privateKey}.pub`, 'utf8')
  const names = hostNames(state.size)
  // After a reboot the disks of an earlier lab are still there, though nothing else is.
  for (const name of names) wipeDisk(state.disks, name)
  emptyTrash(state.disks)
  const site = await buildSiteLayer(state.image, state.disks, say)
  writeHome(state, publicKey)
  await Promise.all(names.map((name) => writeSeed(state, name, publicKey)))
  await ensureBridge()
  say(`starting ${names.length} hosts, containerd ${state.containerd} on offer`)
  await boot(state, site, names)
  writeInventory(state, files)
  say(`up: ${names.join(' ')}; inventory ${files.inventory}`)
}

/** The newest site layer; hosts that run on an older one keep it until they are reset. */
const latestSite = (state: LabState): string =>
  join(
    state.disks,
    readdirSync(state.disks)
      .filter((name) => /^site-\d+$/.test(name))
      .sort()
      .at(-1) ?? '',
  )

/** A host that does not answer is started once more: on a machine under load systemd now and then hangs in its first second. */
async function boot(state: LabState, site: string, names: string[], tries = 2): Promise<void> {
  const started = await Promise.all(names.map((name) => startHost(state, site, name)))
  state.hosts = [...state.hosts.filter(({ name }) => !names.includes(name)), ...started]
  state.hosts.sort((a, b) => a.name.localeCompare(b.name))
  writeState(state)
  const answers = await Promise.allSettled(started.map(awaitHost))
  const silent = started.filter((_, i) => answers[i]?.status === 'rejected')
  if (silent.length === 0) return
  const [reason] = answers.flatMap((answer) => (answer.status === 'rejected' ? [answer.reason] : []))
  if (tries === 1) throw reason
  silent.forEach(strike)
  const again = silent.map(({ name }) => name)
  await Promise.all(again.map((name) => detachHost(state.disks, name)))
  for (const name of again) wipeDisk(state.disks, name)
  await boot(state, site, again, tries - 1)
}

async function endEverything(state: LabState | undefined, disks: string, say: Say): Promise<void> {
  const stale = await leftovers(disks)
  const names = [...new Set([...(state?.hosts.map(({ name }) => name) ?? []), ...stale])]
  if (names.length > 0) say(`ending ${names.length} hosts`)
  await Promise.all((state?.hosts ?? []).map((host) => powerOff(host)))
  await Promise.all(names.map((name) => clearHost(disks, name)))
  for (const name of names) wipeDisk(disks, name)
  await $({ quiet: true, nothrow: true })`ip link delete ${bridge}`
  for (const entry of existsSync(disks) ? readdirSync(disks) : [])
    if (entry.startsWith('site-')) rmSync(join(disks, entry), { recursive: true, force: true })
  if (state) forgetState(state.owner)
}

/** Puts hosts back to their first state (files, processes, network); `all` resets the shared /home as well. */
export async function labReset(hosts: string[] | 'all'): Promise<void> {
  await alone(async () => {
    const state = requireLab()
    const names = hosts === 'all' ? state.hosts.map(({ name }) => name) : hosts
    const targets = names.map((name) => findHost(state, name))
    const publicKey = readFileSync(`${files.privateKey}.pub`, 'utf8')
    targets.forEach(strike)
    await Promise.all(names.map((name) => detachHost(state.disks, name)))
    for (const name of names) wipeDisk(state.disks, name)
    if (hosts === 'all') writeHome(state, publicKey)
    await boot(state, latestSite(state), names)
  })
}

/** Ends the lab and removes what it left in the kernel; the image stays in the cache. */
export async function labDown(say: Say = () => {}): Promise<void> {
  requireRootOnLinux()
  await alone(async () => {
    const state = readState()
    if (state && state.owner !== projectRoot && state.hosts.some(hostIsUp))
      throw new LabProblem(
        `The lab that is up belongs to ${state.owner}: run \`npm run lab -- down\` there, or \`npm run lab -- up --take-over\` here first.`,
      )
    await endEverything(state, state?.disks ?? join(cacheFolder(), 'hosts'), say)
    say('down')
  })
}

export interface LabHost {
  name: string
  address: string
  /** The host's root file system, to read and write from the controller. */
  root: string
  /** Where /var/lib/containerd and its like really lie. */
  disk: string
  /** Runs a shell command inside the host, past sshd; never throws on a non-zero status. */
  exec(command: string): Promise<{ stdout: string; stderr: string; exitCode: number }>
  /** Ends the host as a power cut does; labReset starts it again. */
  powerOff(): Promise<void>
  isUp(): boolean
}

/** Handle of one host, good until the lab ends: a host that was reset is another process. */
export function labHost(name: string): LabHost {
  const state = requireLab()
  const now = () => findHost(requireLab(), name)
  const host = now()
  return {
    name,
    address: host.address,
    root: hostRoot(state.disks, name),
    disk: join(hostFolder(state.disks, name), 'disk'),
    async exec(command) {
      const clean = ['env', '-i', 'HOME=/root', 'PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin']
      const lax = $({ quiet: true, nothrow: true, stdio: ['ignore', 'pipe', 'pipe'] })
      const { pid } = now()
      const result = await lax`nsenter -t ${pid} -a ${clean} /bin/sh -c ${command}`
      return { stdout: result.stdout, stderr: result.stderr, exitCode: result.exitCode ?? 255 }
    },
    powerOff: () => powerOff(now()),
    isUp: () => hostIsUp(now()),
  }
}

const requireLab = (): LabState => requireOwn(readState(), projectRoot)

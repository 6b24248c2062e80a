/** Brings a lab up: as many hosts as asked for, each as a site is before the guide. */
import { existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { awaitHost, ensureBridge } from './bootHost.ts'
import { ensureImage } from './buildImage.ts'
import { codeDigest } from './codeDigest.ts'
import type { FakeGpuKind } from './fakeGpu.ts'
import { emptyTrash, wipeDisk } from './hostDisk.ts'
import { makeKey, writeHome, writeSeed } from './hostSeed.ts'
import { inTurn } from './inTurn.ts'
import { writeInventory } from './inventoryFiles.ts'
import { endLab, isForeign } from './labDown.ts'
import { type LabFiles, labFiles, labName, projectRoot } from './labName.ts'
import { findHost, freeNumber, hostIsUp, type LabState, readState, readStates, writeState } from './labState.ts'
import { cacheDirectory, installTools, LabProblem, raiseWatchLimit, requireRootOnLinux, type Say } from './machine.ts'
import { gatewayAddress, hostCount, hostNames, unusedAddress } from './names.ts'
import { type ContainerdGeneration, containerdPins, type Runtime } from './recipe.ts'
import { ensureRpmLayer } from './rpm/buildRpmLayer.ts'
import { builtTools } from './tools/buildTools.ts'
import { buildSiteLayer } from './siteLayer.ts'
import { startHosts } from './startHosts.ts'

export interface LabOptions {
  /** Which of this machine's labs; default: CRANE_PLAY_LAB, or the checkout's own. */
  name?: string
  /** 1 to 32; crane01 is the control node. */
  hosts?: number
  /** What `apt-get install containerd` gives on the hosts. */
  containerd?: ContainerdGeneration
  /** Which runtime the inventory names for deploy.yml. */
  runtime?: Runtime
  /** Start hosts without /etc/containerd/config.toml; runc is then wrapped so that containers run all the same. */
  bareConfig?: boolean
  /** Hosts of the RHEL family: dnf over a repository of RPMs, no apt. */
  rpm?: readonly string[] | 'all'
  /** Hosts that show a GPU in their PCI listing and below /dev, without any device behind it. */
  gpus?: Readonly<Record<string, FakeGpuKind>>
  /** A directory that lies over the image on every host: what peers of the benchmark need there, such as Python. */
  layer?: string
  /** Replace a lab of the same name that another checkout started. */
  takeOver?: boolean
  say?: Say
}

/** A running lab: its files, its hosts' names, and the addresses of its network. */
export interface Lab extends Omit<LabFiles, 'state'> {
  name: string
  hosts: string[]
  /** The controller's own address in the hosts' network. */
  gateway: string
  /** An address in the hosts' network that nobody has. */
  unusedAddress: string
}

/**
 * Brings the lab to the wanted size and options; hosts already right are left alone.
 * @throws LabProblem with one sentence when this machine or another checkout's lab stands in the way
 */
export async function labUp(options: LabOptions = {}): Promise<Lab> {
  const { containerd = '1.7', runtime = 'containerd', bareConfig = false, layer, takeOver = false } = options
  const { say = () => {} } = options
  const name = labName(options.name)
  const size = hostCount(options.hosts ?? 4)
  if (!(containerd in containerdPins))
    throw new LabProblem(`the lab has containerd ${Object.keys(containerdPins).join(', ')}, not ${containerd}`)
  requireRootOnLinux()
  requireBuilt(containerd, runtime)
  const rpm = options.rpm === 'all' ? hostNames(size) : [...(options.rpm ?? [])]
  const gpus = options.gpus ?? {}
  for (const host of [...rpm, ...Object.keys(gpus)])
    findHost({ name, hosts: hostNames(size).map((one) => ({ name: one })) }, host)
  return inTurn(`lab-${name}`, async () => {
    const current = readState(name)
    requireFree(current, takeOver)
    const { image, rpmLayer } = await inTurn('machine', async () => {
      await installTools(say)
      raiseWatchLimit(say)
      const base = await ensureImage(say)
      return { image: base, rpmLayer: rpm.length > 0 ? await ensureRpmLayer(base, say) : undefined }
    })
    const wanted = {
      version: 2,
      name,
      owner: projectRoot,
      disks: join(cacheDirectory(), 'hosts', name),
      image,
      ...(layer !== undefined && { layer }),
      rpm,
      gpus,
      ...(rpmLayer !== undefined && { rpmLayer }),
      code: codeDigest(),
      containerd,
      runtime,
      bareConfig,
      size,
    } as const
    if (current && isAsWanted(current, wanted)) {
      await Promise.all(current.hosts.map(awaitHost))
      say(`already up: lab ${name}, ${size} hosts`)
      return describeLab(current)
    }
    if (current) await endLab(current, say)
    const state = await inTurn('machine', async () => {
      const numbered: LabState = { ...wanted, number: freeNumber(readStates()), hosts: [] }
      // From here on the number is taken, and a crash leaves word of it.
      writeState(numbered)
      return numbered
    })
    await startLab(state, say)
    return describeLab(state)
  })
}

/** @throws LabProblem when the runtime is one that only `tools` builds, and it has not */
function requireBuilt(containerd: ContainerdGeneration, runtime: Runtime): void {
  const tools = builtTools()
  const needed = [...(runtime === 'crio' ? ['crio', 'pinns'] : []), ...(containerd === '2.3' ? ['containerd'] : [])]
  const missing = needed.filter((name) => !tools.has(name))
  if (missing.length === 0) return
  throw new LabProblem(
    `${missing.join(' and ')} is not built yet: run \`npm run lab -- tools\` first, where Go is at hand`,
  )
}

/** @throws LabProblem when another checkout than `here` has the lab running, unless it is to be taken over */
export function requireFree(
  current: LabState | undefined,
  takeOver: boolean,
  here = projectRoot,
  isUp = hostIsUp,
): void {
  if (!current || takeOver || !isForeign(current, here, isUp)) return
  const { name, owner, hosts } = current
  throw new LabProblem(
    `lab ${name} of ${owner} is up with ${hosts.filter(isUp).length} host(s): choose another --name, run \`npm run lab -- down\` there, or end it with \`npm run lab -- up --take-over\` here`,
  )
}

const isAsWanted = (current: LabState, wanted: Omit<LabState, 'number' | 'hosts'>): boolean =>
  (Object.keys(wanted) as (keyof typeof wanted)[]).every(
    (key) => JSON.stringify(current[key]) === JSON.stringify(wanted[key]),
  ) &&
  current.layer === wanted.layer &&
  current.hosts.length === wanted.size &&
  current.hosts.every(hostIsUp) &&
  existsSync(labFiles(wanted.name).privateKey)

function describeLab({ name, number, size }: LabState): Lab {
  const { inventory, knownHosts, privateKey } = labFiles(name)
  const addresses = { gateway: gatewayAddress(number), unusedAddress: unusedAddress(number) }
  return { name, hosts: hostNames(size), inventory, knownHosts, privateKey, ...addresses }
}

async function startLab(state: LabState, say: Say): Promise<void> {
  const files = labFiles(state.name)
  mkdirSync(state.disks, { recursive: true })
  await makeKey(files.privateKey, `crane-play-lab-${state.name}`)
  const publicKey = readFileSync(`${files.privateKey}.pub`, 'utf8')
  const names = hostNames(state.size)
  // After a reboot the disks of an earlier lab are still there, though nothing else is.
  for (const name of names) wipeDisk(state.disks, name)
  emptyTrash(state.disks)
  await buildSiteLayer(state.image, state.disks, say)
  writeHome(state, publicKey)
  await Promise.all(names.map((name) => writeSeed(state, name, publicKey)))
  await ensureBridge(state.number)
  say(
    `starting ${names.length} hosts in lab ${state.name}, ${state.runtime === 'crio' ? 'CRI-O' : `containerd ${state.containerd}`} on offer`,
  )
  await startHosts(state, names)
  writeInventory(state, files)
  say(`up: ${names.join(' ')}; inventory ${files.inventory}`)
}

/** The running labs as files under /run: who started each, its hosts and their process ids. */
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { dirname, join } from 'node:path'
import type { FakeGpuKind } from './fakeGpu.ts'
import { labFiles } from './labName.ts'
import { LabProblem, runtimeDirectory } from './machine.ts'
import { maximumLabs, subnetPrefix } from './names.ts'
import type { ContainerdGeneration, Runtime } from './recipe.ts'

export interface HostState {
  name: string
  address: string
  /** Process id of the launcher (unshare), in the machine's own numbering. */
  launcher: number
  /** Process id of the host's systemd, in the machine's own numbering. */
  pid: number
}

export interface LabState {
  version: 2
  name: string
  /** Unique among the labs that are up; its hosts' addresses and interfaces carry it. */
  number: number
  /** Directory of the checkout that started the lab. */
  owner: string
  /** Directory with the hosts' disks. */
  disks: string
  image: string
  /** A directory over the image, beneath all that the lab adds. */
  layer?: string
  /** Hosts with dnf instead of apt, and the layer that makes them so. */
  rpm: string[]
  rpmLayer?: string
  /** Hosts with a faked GPU, and its kind. */
  gpus: Readonly<Record<string, FakeGpuKind>>
  /** Digest of the lab's sources that made the hosts. */
  code: string
  containerd: ContainerdGeneration
  /** The runtime that deploy.yml installs, by the inventory. */
  runtime: Runtime
  bareConfig: boolean
  /** Hosts the lab is meant to have; written before they are started. */
  size: number
  hosts: HostState[]
}

const stateFile = (name: string): string => join(runtimeDirectory, `${name}.json`)

/** The state of the lab of that name, or undefined when it was not started since the machine booted. */
export function readState(name: string): LabState | undefined {
  try {
    const state = JSON.parse(readFileSync(stateFile(name), 'utf8')) as LabState
    return state.version === 2 ? state : undefined
  } catch {
    return undefined
  }
}

/** The labs of this machine, of every checkout. */
export const readStates = (): LabState[] =>
  (existsSync(runtimeDirectory) ? readdirSync(runtimeDirectory) : [])
    .filter((file) => file.endsWith('.json'))
    .flatMap((file) => readState(file.slice(0, -'.json'.length)) ?? [])
    .sort((a, b) => a.number - b.number)

export function writeState(state: LabState): void {
  const text = `${JSON.stringify(state, null, 2)}\n`
  for (const file of [stateFile(state.name), labFiles(state.name, state.owner).state]) {
    mkdirSync(dirname(file), { recursive: true })
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
}

export function forgetState({ name, owner }: Pick<LabState, 'name' | 'owner'>): void {
  rmSync(stateFile(name), { force: true })
  rmSync(labFiles(name, owner).state, { force: true })
}

/**
 * The first number that no other lab holds and whose addresses this machine does not use otherwise.
 * @throws LabProblem when all are taken
 */
export function freeNumber(
  labs: readonly Pick<LabState, 'number'>[],
  addresses: readonly string[] = Object.values(networkInterfaces()).flatMap((all = []) =>
    all.map((one) => one.address),
  ),
): number {
  for (let number = 0; number < maximumLabs; number++) {
    const held = labs.some((lab) => lab.number === number)
    if (!held && !addresses.some((address) => address.startsWith(subnetPrefix(number)))) return number
  }
  throw new LabProblem('all networks from 10.77.0.0/24 to 10.77.255.0/24 are in use on this machine')
}

/** The lab, if the checkout `owner` may use it. @throws LabProblem when it is not up, or another checkout's */
export function requireOwn(name: string, state: LabState | undefined, owner: string): LabState {
  if (!state) throw new LabProblem(`lab ${name} is not up: start it with \`npm run lab -- up\``)
  if (state.owner === owner) return state
  throw new LabProblem(
    `lab ${name} belongs to ${state.owner}, and only the keys there open it: use it from there, choose another --name, or replace it with \`npm run lab -- up --take-over\``,
  )
}

/** @throws LabProblem when the lab has no host of that name */
export function findHost<Host extends { name: string }>(
  { name: lab, hosts }: { name: string; hosts: readonly Host[] },
  name: string,
): Host {
  const host = hosts.find((one) => one.name === name)
  if (host) return host
  throw new LabProblem(`lab ${lab} has no host '${name}'; it has ${hosts.map((one) => one.name).join(' ')}`)
}

/** Whether a process id is alive and still what it was: ids are reused after a reboot or a crash. */
export function isAlive(pid: number, program: string): boolean {
  try {
    return readFileSync(`/proc/${pid}/comm`, 'utf8').trim() === program
  } catch {
    return false
  }
}

export const hostIsUp = (host: HostState): boolean => isAlive(host.launcher, 'unshare') && isAlive(host.pid, 'systemd')

/** The running lab as a file under /run: who started it, its hosts and their process ids. */
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isMainThread } from 'node:worker_threads'
import { LabProblem, runtimeFolder } from './machine.ts'
import type { ContainerdGeneration } from './recipe.ts'

export interface HostState {
  name: string
  address: string
  /** Process id of the launcher (unshare), in the machine's own numbering. */
  launcher: number
  /** Process id of the host's systemd, in the machine's own numbering. */
  pid: number
}

export interface LabState {
  version: 1
  /** Project folder of the checkout that started the lab. */
  owner: string
  /** Folder with the hosts' disks. */
  disks: string
  image: string
  /** A folder over the image, beneath all that the lab adds. */
  layer?: string
  /** Digest of the lab's sources that made the hosts. */
  code: string
  containerd: ContainerdGeneration
  bareConfig: boolean
  /** Hosts the lab is meant to have; written before they are started. */
  size: number
  hosts: HostState[]
}

const stateFile = join(runtimeFolder, 'state.json')

/** The lab's state, or undefined when none was started since the machine booted. */
export function readState(): LabState | undefined {
  try {
    return JSON.parse(readFileSync(stateFile, 'utf8')) as LabState
  } catch {
    return undefined
  }
}

export function writeState(state: LabState): void {
  mkdirSync(runtimeFolder, { recursive: true })
  const text = `${JSON.stringify(state, null, 2)}\n`
  for (const file of [stateFile, join(state.owner, '.lab/state.json')]) {
    mkdirSync(join(file, '..'), { recursive: true })
    writeFileSync(`${file}.new`, text)
    renameSync(`${file}.new`, file)
  }
}

export function forgetState(owner: string): void {
  rmSync(stateFile, { force: true })
  rmSync(join(owner, '.lab/state.json'), { force: true })
}

/** The lab of the checkout `owner`. @throws LabProblem when none is up, or another one */
export function requireOwn(state: LabState | undefined, owner: string): LabState {
  if (!state) throw new LabProblem('No lab is up; start one with `npm run lab -- up`.')
  if (state.owner === owner) return state
  throw new LabProblem(
    `The lab that is up belongs to ${state.owner}, and only its keys open it: use it from there, or replace it with \`npm run lab -- up --take-over\`.`,
  )
}

/** @throws LabProblem when the lab has no host of that name */
export function findHost({ hosts }: LabState, name: string): HostState {
  const host = hosts.find((one) => one.name === name)
  if (host) return host
  throw new LabProblem(`The lab has no host '${name}'; it has ${hosts.map((one) => one.name).join(' ')}.`)
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

/** Runs `work` while no other lab command of this machine does; waits at most five minutes for its turn. */
export async function alone<T>(work: () => Promise<T>): Promise<T> {
  mkdirSync(runtimeFolder, { recursive: true })
  const lock = join(runtimeFolder, 'lock')
  const giveUp = Date.now() + 300_000
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: 'wx' })
      break
    } catch {
      const holder = existsSync(lock) ? readFileSync(lock, 'utf8') : ''
      if (holder && !existsSync(`/proc/${holder}`)) rmSync(lock, { force: true })
      else if (Date.now() > giveUp)
        throw new LabProblem(`Another lab command (process ${holder}) has been at work for five minutes; wait for it.`)
      else await new Promise((resolve) => setTimeout(resolve, 100))
    }
  }
  // The layers' folders become the hosts' own, so a strict umask of the caller's would lock their users out.
  const before = isMainThread ? process.umask(0o022) : undefined
  try {
    return await work()
  } finally {
    if (before !== undefined) process.umask(before)
    rmSync(lock, { force: true })
  }
}

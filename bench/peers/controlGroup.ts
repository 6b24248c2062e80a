// A control group for a command and everything that it starts, so that the time and memory of its daemons count too.
import { existsSync, mkdirSync, readFileSync, rmdirSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'

const V1 = '/sys/fs/cgroup'
const END_MS = 5_000

export class ControlGroup {
  readonly #directories: readonly string[]
  readonly #unified: boolean

  /** @param name a directory's name that no other group has */
  constructor(name: string) {
    this.#unified = existsSync(join(V1, 'cgroup.controllers'))
    this.#directories = this.#unified ? [join(V1, name)] : ['cpuacct', 'memory'].map((kind) => join(V1, kind, name))
    for (const directory of this.#directories) mkdirSync(directory)
  }

  /** The files to which a process writes its id to join. */
  get joins(): string[] {
    return this.#directories.map((directory) => join(directory, 'cgroup.procs'))
  }

  /** User and system time of all that ever ran in the group, milliseconds. */
  cpuMs(): number {
    const [first = ''] = this.#directories
    if (!this.#unified) return Number(readFileSync(join(first, 'cpuacct.usage'), 'utf8')) / 1e6
    return this.#number(join(first, 'cpu.stat'), 'usage_usec') / 1e3
  }

  /** Memory that is the processes' own now, bytes: neither files' pages nor what a fork still shares is counted twice. */
  ownMemory(): number {
    const directory = this.#directories.at(-1) ?? ''
    return this.#number(join(directory, 'memory.stat'), this.#unified ? 'anon' : 'rss')
  }

  #number(file: string, name: string): number {
    return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(readFileSync(file, 'utf8'))?.[1] ?? Number.NaN)
  }

  /** Ends what is left in the group by process ids, and removes it. */
  async end(): Promise<void> {
    const giveUp = Date.now() + END_MS
    while (this.#processes().length > 0 && Date.now() < giveUp) {
      for (const pid of this.#processes()) killQuietly(pid)
      await pause(5)
    }
    for (const directory of this.#directories) rmdirSync(directory)
  }

  #processes(): number[] {
    return this.joins.flatMap((file) => readFileSync(file, 'utf8').split('\n').filter(Boolean).map(Number))
  }
}

function killQuietly(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // It ended by itself between the list and the signal.
  }
}

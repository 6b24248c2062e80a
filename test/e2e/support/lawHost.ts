// A lab host on which a task is run as a user would, and asked past the product what its probes read.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Probe, Probes } from 'crane-play/task'
import { type Lab, labHost } from '../../../lab/index.ts'
import type { RunEvent } from '../../../src/model/runEvent.ts'
import { runCommand } from '../../cli/runCommand.ts'

/** Where the one that breaks the law is. */
const OUTLAWS = new URL('../../fixtures/tasks', import.meta.url).pathname

export class LawHost {
  readonly #lab: Lab
  readonly #host: string
  readonly #folder = mkdtempSync(join(tmpdir(), 'crane-play-law-'))

  constructor(lab: Lab, host: string) {
    this.#lab = lab
    this.#host = host
  }

  end(): void {
    rmSync(this.#folder, { recursive: true })
  }

  /** Runs a shell text on the host, past the product. */
  async on(text: string): Promise<string> {
    const { stdout, stderr, exitCode } = await this.#exec(text)
    if (exitCode !== 0) throw new Error(`\`${text}\` exits with ${exitCode}: ${stderr}`)
    return stdout
  }

  /** One task, run as a user would. */
  async play(type: string, params: object, ...options: string[]) {
    const playbook = join(this.#folder, 'play.yml')
    writeFileSync(playbook, JSON.stringify([{ hosts: this.#host, tasks: [{ [type]: params }] }]))
    const { inventory, knownHosts } = this.#lab
    const reach = ['-i', inventory, '--known-hosts', knownHosts, '--output', 'jsonl', '--tasks', OUTLAWS]
    const { out, err } = await runCommand(playbook, ...reach, ...options)
    const events = out
      .trim()
      .split('\n')
      .filter(Boolean)
      .map((line) => JSON.parse(line) as RunEvent)
    const [result] = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
    if (!result) throw new Error(`there is no result:\n${err}${out}`)
    return result
  }

  #exec(text: string) {
    return labHost(this.#host, this.#lab.name).exec(text)
  }

  /** What the probes read now. */
  async read(probes: Probes): Promise<Record<string, unknown>> {
    const facts: Record<string, unknown> = {}
    for (const [name, probe] of Object.entries(probes) as [string, Probe<unknown> | undefined][]) {
      if (!probe) continue
      const { kind } = probe
      const functions = Object.entries(kind.functions).map(([key, body]) => `${key}() {\n${body}\n}\n`)
      const text = `LC_ALL=C TZ=UTC; export LC_ALL TZ\n${functions.join('')}${kind.script([probe] as never)}`
      const { stdout } = await this.#exec(text)
      facts[name] = kind.read(Buffer.from(stdout), [probe] as never)[0]
    }
    return facts
  }
}

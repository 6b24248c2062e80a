// What a deployment left on a host, as facts that can be compared between tools.
import { createHash } from 'node:crypto'
import { existsSync, lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { LabHost } from '../../lab/index.ts'
import type { Step } from './deployment.ts'

/** Each fact by what it is about: `/etc/cluster` to `directory 0755 0:0`, `package jq` to its version. */
export type HostState = ReadonlyMap<string, string>

/** Reads a lab host's root directory from outside, so that no tool's work is read by that tool. */
export async function readHostState(host: LabHost, steps: readonly Step[]): Promise<HostState> {
  const facts = new Map<string, string>()
  for (const [name, version] of installedPackages(readFileSync(join(host.root, 'var/lib/dpkg/status'), 'utf8')))
    facts.set(`package ${name}`, version)
  for (const step of steps) {
    if (step.kind === 'directory' || step.kind === 'file' || step.kind === 'setting')
      facts.set(step.path, describeFile(join(host.root, step.path)))
    if (step.kind === 'service') {
      const { stdout } = await host.exec(`systemctl is-enabled ${step.name}; systemctl is-active ${step.name}`)
      facts.set(`unit ${step.name}`, stdout.trim().replace('\n', ' '))
    }
  }
  return facts
}

function describeFile(file: string): string {
  if (!existsSync(file)) return 'absent'
  const stat = lstatSync(file)
  const owned = `${(stat.mode & 0o7777).toString(8).padStart(4, '0')} ${stat.uid}:${stat.gid}`
  if (stat.isDirectory()) return `directory ${owned}`
  if (!stat.isFile()) return `other ${owned}`
  return `file ${owned} ${createHash('sha256').update(readFileSync(file)).digest('hex')}`
}

/** Names and versions from the text of dpkg's status file. */
export function installedPackages(status: string): Map<string, string> {
  const found = new Map<string, string>()
  for (const paragraph of status.split('\n\n')) {
    const field = (name: string) => new RegExp(`^${name}: (.*)$`, 'm').exec(paragraph)?.[1] ?? ''
    if (field('Status') === 'install ok installed') found.set(field('Package'), field('Version'))
  }
  return found
}

/** The same for the same facts, in whatever order they were read. */
export function digestOf(states: ReadonlyMap<string, HostState>): string {
  const sorted = (map: ReadonlyMap<string, unknown>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1))
  const plain = sorted(states).map(([host, facts]) => [host, sorted(facts as HostState)])
  return createHash('sha256').update(JSON.stringify(plain)).digest('hex').slice(0, 16)
}

/** Where the second differs from the first, such as `crane02: package jq: 1.6-2 and not 1.7-1`. */
export function differences(expected: ReadonlyMap<string, HostState>, found: ReadonlyMap<string, HostState>): string[] {
  return [...new Set([...expected.keys(), ...found.keys()])].flatMap((host) => {
    const [a, b] = [expected.get(host) ?? new Map(), found.get(host) ?? new Map()] as [HostState, HostState]
    return [...new Set([...a.keys(), ...b.keys()])]
      .filter((fact) => a.get(fact) !== b.get(fact))
      .map((fact) => `${host}: ${fact}: ${b.get(fact) ?? 'absent'} and not ${a.get(fact) ?? 'absent'}`)
  })
}

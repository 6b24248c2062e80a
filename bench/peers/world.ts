// Where a benchmark runs: the lab's hosts, the rooms of the other tools, and what they need to reach those hosts.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { type Lab, labHost, type LabHost } from '../../lab/index.ts'
import type { Room } from './room.ts'

export interface World {
  readonly lab: Lab
  readonly hosts: readonly LabHost[]
  /** A folder of this run, removed at its end. */
  readonly folder: string
  /** The ssh2 floor as one program. */
  readonly ssh2True: string
  /** Room of pdsh. */
  readonly pdsh: Room
  /** Room of Ansible, Mitogen, pyinfra and clush; absent in the quick benchmark. */
  readonly controller?: Room
}

/** The folder of a run, with the ssh2 floor built as the product is built. */
export async function openFolder(): Promise<{ folder: string; ssh2True: string; remove: () => void }> {
  const folder = mkdtempSync(join(tmpdir(), 'crane-play-bench-'))
  const ssh2True = join(folder, 'ssh2True.mjs')
  await build({
    entryPoints: [join(import.meta.dirname, 'ssh2True.ts')],
    outfile: ssh2True,
    bundle: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    logLevel: 'warning',
    external: ['*.node', 'cpu-features'],
    banner: {
      js: "import { createRequire } from 'node:module'\nconst require = createRequire(import.meta.url), __dirname = import.meta.dirname",
    },
  })
  return { folder, ssh2True, remove: () => rmSync(folder, { recursive: true, force: true }) }
}

export const labHosts = (lab: Lab): LabHost[] => lab.hosts.map((name) => labHost(name))

/** Gives a room the hosts' names, their keys and the key that opens them, as an administrator's account has them. */
export function introduce(room: Room, lab: Lab, hosts: readonly LabHost[]): void {
  const lines = hosts.map(({ name, address }) => `${address} ${name}\n`).join('')
  room.write('/etc/hosts', `127.0.0.1 localhost\n${lines}`)
  room.write('/root/.ssh/id_ed25519', readFileSync(lab.privateKey, 'utf8'), 0o600)
  room.write('/root/.ssh/known_hosts', readFileSync(lab.knownHosts, 'utf8'), 0o600)
  room.write('/root/.ssh/config', 'Host crane*\n  User root\n  IdentityFile /root/.ssh/id_ed25519\n', 0o600)
}

/** Writes files below a folder of this machine. */
export function writeFiles(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true })
    writeFileSync(join(folder, name), text)
  }
}

/** Writes files below a folder of a room. */
export function writeInRoom(room: Room, folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) room.write(join(folder, name), text)
}

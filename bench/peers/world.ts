// Where the benchmark runs: the lab’s hosts, the tools’ root directories, and what they need to reach the hosts.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { build } from 'esbuild'
import { type Lab, labHost, type LabHost } from '../../lab/index.ts'
import type { Room } from './room.ts'

export interface World {
  readonly lab: Lab
  readonly hosts: readonly LabHost[]
  /** A directory of this run, removed at its end. */
  readonly directory: string
  /** The ssh2 floor as one program. */
  readonly ssh2True: string
  /** Room of pdsh. */
  readonly pdsh: Room
  /** Room of Ansible, Mitogen, pyinfra and clush; absent in the quick benchmark. */
  readonly controller?: Room
}

/** The directory of a run, with the ssh2 floor built as the product is built. */
export async function openDirectory(): Promise<{ directory: string; ssh2True: string; remove: () => void }> {
  const directory = mkdtempSync(join(tmpdir(), 'crane-play-bench-'))
  const ssh2True = join(directory, 'ssh2True.mjs')
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
  return { directory, ssh2True, remove: () => rmSync(directory, { recursive: true, force: true }) }
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

/** Writes files below a directory of this machine. */
export function writeFiles(directory: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) {
    mkdirSync(dirname(join(directory, name)), { recursive: true })
    writeFileSync(join(directory, name), text)
  }
}

/** Writes files below a directory of a room. */
export function writeInRoom(room: Room, directory: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) room.write(join(directory, name), text)
}

// A host in memory: its files, packages and units, and its answers to the probes of the real task types.
import { createHash } from 'node:crypto'
import type { PartReply, ScriptPart } from '../../src/transport/session.ts'
import { commandsOf } from './shellWords.ts'

/** A string that may differ from host to host. */
export type HostText = string | ((host: string) => string)

/** What the hosts of a fleet have in common. */
export interface HostImage {
  /** Path → content and permission bits; all of it is root's. */
  readonly files: ReadonlyMap<string, { readonly content: HostText; readonly mode?: string }>
  /** Path → permission bits. */
  readonly directories: ReadonlyMap<string, string>
  /** Running and enabled: `containerd.service`. */
  readonly units: ReadonlySet<string>
  /** Name → installed version. */
  readonly packages: ReadonlyMap<string, string>
}

const NOTHING = Buffer.alloc(0)

export class SimulatedHost {
  readonly name: string
  readonly #image: HostImage
  readonly #written = new Map<string, string>()
  /** Each host was set up at a time of its own, as in life: no two answers are the same bytes. */
  readonly #since: number
  #clock: number

  constructor(name: string, number: number, image: HostImage) {
    this.name = name
    this.#image = image
    this.#since = Date.UTC(2026, 0, 1) + number * 1017
    this.#clock = this.#since + 86_400_000
  }

  /** Puts another content into a file, so that a task has something to change. */
  write(path: string, content: string): void {
    this.#written.set(path, content)
  }

  answer(part: ScriptPart): PartReply {
    let stdout = ''
    let status = 0
    for (const [command = '', ...words] of commandsOf(part.script)) {
      if (command === 'replace_file') this.write(words[0] ?? '', String(part.stdin ?? ''))
      else if (command === 'restart_unit' || command === 'bring_up') this.#clock += 1000
      else if (command === 'echo') stdout += `${words.join(' ')}\n`
      else {
        const probe = PROBES[command]
        if (!probe) throw new Error(`no simulated host knows the command ${command}`)
        stdout += probe(this, words)
      }
    }
    return { ran: true, stdout: stdout === '' ? NOTHING : Buffer.from(stdout), stderr: '', status, dropped: 0 }
  }

  content(path: string): string | undefined {
    const file = this.#image.files.get(path)?.content
    return this.#written.get(path) ?? (typeof file === 'function' ? file(this.name) : file)
  }

  stat(path: string): string | undefined {
    const content = this.content(path)
    const changed = this.#stamp(this.#written.has(path) ? this.#clock : this.#since + path.length * 1000)
    if (content !== undefined) {
      const mode = (0o100000 | Number.parseInt(this.#image.files.get(path)?.mode ?? '0644', 8)).toString(16)
      return inode(Buffer.byteLength(content), mode, changed)
    }
    const mode = this.#image.directories.get(path)
    return mode === undefined ? undefined : inode(4096, (0o40000 | Number.parseInt(mode, 8)).toString(16), changed)
  }

  unit(name: string): string {
    const there = this.#image.units.has(name)
    return [
      `Id=${name}`,
      `LoadState=${there ? 'loaded' : 'not-found'}`,
      `ActiveState=${there ? 'active' : 'inactive'}`,
      `SubState=${there ? 'running' : 'dead'}`,
      `UnitFileState=${there ? 'enabled' : ''}`,
      `ExecMainStartTimestamp=${there ? `Thu ${new Date(this.#clock).toISOString().replace('T', ' ').slice(0, 23)}456 UTC` : ''}`,
      `MainPID=${there ? 100 + name.length : 0}`,
      'NeedDaemonReload=no\n',
    ].join('\n')
  }

  version(name: string): string | undefined {
    return this.#image.packages.get(name)
  }

  #stamp(milliseconds: number): string {
    return `${(milliseconds / 1000).toFixed(3)}456`
  }
}

/** As `stat -c '%u:%g:%f:%s:%h:%.6Z/%.6Y/%W'` prints it, for something of root's that was changed when it was made. */
const inode = (size: number, mode: string, at: string) => `0:0:${mode}:${size}:1:${at}/${at}/0\n`

/** By the name of the shell function that a kind of probe calls. */
const PROBES: Readonly<Record<string, (host: SimulatedHost, words: readonly string[]) => string>> = {
  probe_files(host, [limit, silent, digests, texts, _followed, ...paths]) {
    const contents = paths.map((path) => host.content(path) ?? '')
    const stats = paths.map((path) => host.stat(path))
    return [
      ...stats.map((stat) => (stat === undefined ? 'absent\n' : 'exists r\n')),
      '0:0:root:root\n\n',
      // Of the process itself: who looks.
      inode(0, '4000', '1767225600.000000'),
      ...stats.map((stat) => stat ?? ''),
      ...contents.slice(Number(silent), Number(texts)).map((content) => content.slice(0, Number(limit))),
      ...contents
        .slice(0, Number(digests))
        .flatMap((content, i) => (stats[i] === undefined ? [] : [`${digestOf(content)}  ${paths[i]}\n`])),
    ].join('')
  },
  probe_units: (host, names) => names.map((name) => host.unit(name)).join('\n'),
  probe_packages: (host, names) =>
    `apt\n${names.flatMap((name) => (host.version(name) ? [`i ${name} amd64 ${host.version(name)} installed\n`] : [])).join('')}`,
  probe_reading(_host, [script = '']) {
    if (!script.includes('/etc/os-release')) throw new Error(`no simulated host runs the script ${script}`)
    return `${OS.length}\n${OS}`
  },
  // Nothing is missing, so nothing would be removed.
  probe_removals: () => '',
  probe_directories: (host, paths) =>
    paths.map((path) => (host.stat(path) === undefined ? 'absent\n' : 'directory\n.\n')).join(''),
}

/** What the fact `os` reads. */
const OS = 'debian\n\n12\nbookworm\nDebian GNU/Linux 12 (bookworm)\n'

const digests = new Map<string, string>()

/** Most contents are the same on all hosts. */
function digestOf(content: string): string {
  const digest = digests.get(content) ?? createHash('sha256').update(content).digest('hex')
  if (digests.size < 1000) digests.set(content, digest)
  return digest
}

// A root directory in which other tools run, mounted in a namespace that ends with the benchmark and leaves nothing behind.
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { once } from 'node:events'
import { LabProblem } from '../../lab/machine.ts'

/** Root directory as it is, or an overlay: `layer` above `root`, both kept on the disk. */
export interface RoomBase {
  readonly root: string
  /** A directory; what is written in the room goes to `upper` in it. */
  readonly layer?: string
}

// Ready only when it is inside: a file written through its root before that would be a file of this machine.
const HOLDER = `set -eu
root=$1 layer=$2
if [ -n "$layer" ]; then
  mkdir -p "$layer/upper" "$layer/work" "$layer/merged"
  mount -t overlay overlay -o "lowerdir=$root,upperdir=$layer/upper,workdir=$layer/work" "$layer/merged"
  root=$layer/merged
fi
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
exec chroot "$root" sh -c 'echo ready; exec cat >/dev/null'`

const PATH = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'

export class Room {
  readonly base: RoomBase
  readonly #holder: ChildProcess

  private constructor(base: RoomBase, holder: ChildProcess) {
    this.base = base
    this.#holder = holder
  }

  /** Mounts the room. Its holder reads from this process, so it ends with it, however that happens. */
  static async open(base: RoomBase): Promise<Room> {
    const args = ['--mount', '--propagation', 'private', 'sh', '-c', HOLDER, 'room', base.root, base.layer ?? '']
    const holder = spawn('unshare', args, { stdio: ['pipe', 'pipe', 'pipe'] })
    let complaint = ''
    holder.stderr.on('data', (chunk: Buffer) => {
      complaint += chunk.toString()
    })
    const ready = await Promise.race([once(holder.stdout, 'data').then(() => true), once(holder, 'exit')])
    if (ready !== true) throw new LabProblem(`${base.root} could not be made a room: ${complaint.trim()}`)
    return new Room(base, holder)
  }

  /** The words that run `command` in the room, with a clean environment. */
  enter(command: readonly string[], environment: Readonly<Record<string, string>> = {}): string[] {
    const assignments = Object.entries(environment).map(([name, value]) => `${name}=${value}`)
    const clean = ['env', '-i', `PATH=${PATH}`, 'HOME=/root', 'LANG=C.UTF-8', ...assignments]
    return ['nsenter', '-t', String(this.#holder.pid), '--mount', '--root', '--wd', ...clean, ...command]
  }

  /** Puts a file into the room, at a path as the room sees it. */
  write(path: string, text: string, mode = 0o644): void {
    // Through the holder's root: the directory beneath an overlay must not be changed behind its back.
    const file = join(`/proc/${this.#holder.pid}/root`, path)
    mkdirSync(dirname(file), { recursive: true, mode: 0o755 })
    writeFileSync(file, text, { mode })
  }

  async close(): Promise<void> {
    const ended = once(this.#holder, 'exit')
    this.#holder.stdin?.end()
    await ended
  }
}

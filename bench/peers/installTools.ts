// Installs the other tools in directories of the benchmark: nothing is installed on this machine or in the lab’s image.
import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { ensureImage } from '../../lab/buildImage.ts'
import { cacheDirectory, debianMirror, LabProblem, type Say } from '../../lab/machine.ts'
import { recipe } from '../../lab/recipe.ts'
import { Room, type RoomBase } from './room.ts'

/** Debian's current release, which has Ansible, Mitogen, ClusterShell and a Python new enough for pyinfra. */
const SUITE = 'trixie'
const PACKAGES = ['ansible-core', 'ansible-mitogen', 'clustershell', 'openssh-client', 'python3-venv']
const PYTHON_TOOLS = ['pyinfra']
/** Bump when the way the directories are built changes, not only their parts. */
const REVISION = 2

const quiet = $({ quiet: true, nothrow: true })
const keyOf = (...parts: unknown[]) => createHash('sha256').update(JSON.stringify(parts)).digest('hex').slice(0, 12)

/** The room of Ansible, Mitogen, pyinfra and clush; built in about a minute, then kept. */
export async function controllerRoom(say: Say): Promise<RoomBase> {
  const done = join(cacheDirectory(), `bench-${SUITE}-${keyOf(REVISION, SUITE, PACKAGES, PYTHON_TOOLS)}`)
  if (!existsSync(done)) {
    await buildWhole(done, async (work) => {
      say(`installing ${[...PACKAGES, ...PYTHON_TOOLS].join(', ')} in a directory of their own`)
      const mirror = await debianMirror()
      const base = await quiet`debootstrap --variant=minbase --include=ca-certificates ${SUITE} ${work} ${mirror}`
      if (base.exitCode !== 0) throw new LabProblem(`debootstrap could not build ${SUITE}: ${lastLine(base.stdout)}`)
      await inRoom({ root: work }, async (room, run) => {
        useNetwork(room, ['/etc/resolv.conf', '/etc/ssl/certs/ca-certificates.crt', '/etc/pip.conf'])
        await run(['apt-get', '-o', 'Acquire::Retries=3', '--error-on=any', 'update'])
        await run(['apt-get', 'install', '-y', '--no-install-recommends', ...PACKAGES])
        await run(['python3', '-m', 'venv', '/opt/tools'])
        await run(['/opt/tools/bin/pip', 'install', '--quiet', ...PYTHON_TOOLS])
        await run(['apt-get', 'clean'])
      })
    })
  }
  return { root: done }
}

/** A layer above the lab's image with more packages of its own release, in seconds. @returns the room it makes */
export async function imageWith(packages: readonly string[], say: Say): Promise<Required<RoomBase>> {
  const root = await ensureImage(say)
  const layer = join(cacheDirectory(), `bench-layer-${keyOf(REVISION, root, packages)}`)
  if (!existsSync(layer)) {
    await buildWhole(layer, async (work) => {
      say(`installing ${packages.join(', ')} in a layer above the lab's image`)
      const mirror = await debianMirror()
      await inRoom({ root, layer: work }, async (room, run) => {
        useNetwork(room, ['/etc/resolv.conf'])
        room.write('/tmp/apt/sources.list', `deb ${mirror} ${recipe.suite} main\n`)
        room.write('/tmp/apt/lists/partial/.keep', '')
        const lists = ['-o', 'Dir::Etc::SourceList=/tmp/apt/sources.list', '-o', 'Dir::State::Lists=/tmp/apt/lists']
        await run(['apt-get', ...lists, '-o', 'Acquire::Retries=3', '--error-on=any', 'update'])
        await run(['apt-get', ...lists, 'install', '-y', '--no-install-recommends', ...packages])
        await run(['sh', '-c', 'apt-get clean; rm -rf /tmp/apt /var/cache/apt/*.bin; : >/etc/resolv.conf'])
      })
    })
  }
  return { root, layer }
}

/** The directory appears under its final name only when it is whole. */
async function buildWhole(done: string, build: (work: string) => Promise<void>): Promise<void> {
  for (const left of readdirSync(cacheDirectory()))
    if (left.startsWith('bench-building-') && !existsSync(`/proc/${left.split('-').at(-1)}`))
      rmSync(join(cacheDirectory(), left), { recursive: true, force: true })
  const work = join(cacheDirectory(), `bench-building-${process.pid}`)
  rmSync(work, { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  try {
    await build(work)
    renameSync(work, done)
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

type Run = (command: readonly string[]) => Promise<void>

async function inRoom(base: RoomBase, work: (room: Room, run: Run) => Promise<void>): Promise<void> {
  const room = await Room.open(base)
  const pip = Object.entries(process.env).filter(([name]) =>
    /^PIP_(INDEX_URL|EXTRA_INDEX_URL|TRUSTED_HOST)$/.test(name),
  )
  const environment = { DEBIAN_FRONTEND: 'noninteractive', ...(Object.fromEntries(pip) as Record<string, string>) }
  try {
    await work(room, async (command) => {
      const result = await quiet`${room.enter(command, environment)}`
      if (result.exitCode !== 0)
        throw new LabProblem(`\`${command.join(' ')}\` failed: ${lastLine(result.stderr || result.stdout)}`)
    })
  } finally {
    await room.close()
  }
}

/** Name resolution and certificate authorities are those of this machine. */
function useNetwork(room: Room, files: readonly string[]): void {
  for (const file of files) if (existsSync(file)) room.write(file, readFileSync(file, 'utf8'))
}

const lastLine = (text: string) => text.trim().split('\n').at(-1) ?? ''

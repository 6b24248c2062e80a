/** Checks that this machine can carry a lab, and installs the Debian packages the lab's own tools come from. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { $ } from 'zx'

/** What the person at the keyboard can fix: shown as one sentence, without a stack. */
export class LabProblem extends Error {}

export type Say = (line: string) => void

/** Where images and the hosts' disks are kept; outside any checkout, so that a fresh clone finds them. */
export const cacheDirectory = (): string =>
  process.env['CRANE_PLAY_LAB_CACHE'] ??
  join(process.env['XDG_CACHE_HOME'] || join(homedir(), '.cache'), 'crane-play-lab')

/** Where the running labs of this machine are described, whichever checkout started them. */
export const runtimeDirectory = '/run/crane-play-lab'

/** Programs and the Debian packages that bring them. */
export type Tools = Readonly<Record<string, string>>

const LAB_TOOLS: Tools = {
  '/usr/sbin/debootstrap': 'debootstrap',
  '/usr/bin/dpkg-scanpackages': 'dpkg-dev',
  '/usr/bin/ip': 'iproute2',
  '/usr/bin/ssh-keygen': 'openssh-client',
  '/usr/bin/unshare': 'util-linux',
  '/usr/bin/nsenter': 'util-linux',
  '/usr/bin/mount': 'mount',
}

/** Throws a LabProblem unless this process is root on Linux. */
export function requireRootOnLinux({ platform, getuid }: Pick<NodeJS.Process, 'platform' | 'getuid'> = process): void {
  if (platform !== 'linux')
    throw new LabProblem(`the lab boots Linux hosts in namespaces, so it needs Linux; this is ${platform}`)
  if (getuid?.() !== 0)
    throw new LabProblem(
      'the lab mounts file systems and creates network namespaces, so it must run as root: try again with sudo',
    )
}

/** Installs what is missing with apt-get; says so, since it changes the machine. @throws LabProblem when it cannot */
export async function installTools(say: Say, tools: Tools = LAB_TOOLS): Promise<void> {
  const missing = [...new Set(Object.keys(tools).filter((path) => !existsSync(path)))].map((path) => tools[path] ?? '')
  if (missing.length === 0) return
  if (!existsSync('/usr/bin/apt-get'))
    throw new LabProblem(`install ${missing.join(', ')} first: the lab can do so only with apt-get`)
  say(`installing ${missing.join(' ')} on this machine`)
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }
  const install = () => $({ env, quiet: true, nothrow: true })`apt-get install -y --no-install-recommends ${missing}`
  if ((await install()).exitCode === 0) return
  await $({ env, quiet: true, nothrow: true })`apt-get update`
  const second = await install()
  if (second.exitCode !== 0)
    throw new LabProblem(
      `apt-get could not install ${missing.join(' ')} on this machine: ${second.stderr.trim().split('\n').at(-1)}`,
    )
}

/**
 * Raises the kernel's limit of inotify instances a user may have, which a few dozen systemds of root exceed.
 * Never lowered again: other programs may have come to count on it.
 */
export function raiseWatchLimit(say: Say): void {
  const file = '/proc/sys/fs/inotify/max_user_instances'
  const wanted = 4096
  const now = Number(readFileSync(file, 'utf8'))
  if (now >= wanted) return
  say(`raising fs.inotify.max_user_instances of this machine from ${now} to ${wanted}: each systemd takes several`)
  writeFileSync(file, String(wanted))
}

/** The archive this machine's own apt uses for Debian, so that the lab asks no server the machine does not. */
export async function debianMirror(): Promise<string> {
  const release = readFileSync('/etc/os-release', 'utf8')
  const codename = /^VERSION_CODENAME=(\S+)/m.exec(release)?.[1] ?? ''
  const format = '$(SITE) $(CODENAME) $(COMPONENT)'
  const targets = await $({ quiet: true })`apt-get indextargets --format ${format} ${'Created-By: Packages'}`
  for (const line of targets.stdout.split('\n')) {
    const [site, name, component] = line.split(' ')
    if (site && name === codename && component === 'main') return site
  }
  throw new LabProblem(
    "the lab builds its image from Debian's archive, and this machine's apt sources name none for its own release",
  )
}

/** The layer that makes one host itself: name, addresses, keys, its part in the cluster. A reset returns to it. */
import { chmodSync, chownSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { hostDirectory, sharedHome } from './hostDisk.ts'
import { containerdConfig } from './containerdConfig.ts'
import { craneConfig } from './craneConfig.ts'
import { fakeGpuFiles } from './fakeGpu.ts'
import type { LabState } from './labState.ts'
import { computeNames, hostAddress, hostName, hostNames } from './names.ts'
import { containerdPins } from './recipe.ts'
import { labRepo } from './rpm/rpmRepository.ts'

/** Who a line of the image's /etc/passwd names. */
function account(image: string, name: string): { uid: number; gid: number } {
  const line = new RegExp(`^${name}:[^:]*:(\\d+):(\\d+):`, 'm').exec(readFileSync(join(image, 'etc/passwd'), 'utf8'))
  return { uid: Number(line?.[1] ?? 0), gid: Number(line?.[2] ?? 0) }
}

function put(root: string, path: string, text: string | Buffer, mode = 0o644): void {
  const file = join(root, path)
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, text)
  chmodSync(file, mode)
}

/** Writes the seed of `name` anew. The sshd key is kept in the host's directory, so known_hosts stays true. */
export async function writeSeed(state: LabState, name: string, publicKey: string): Promise<void> {
  const directory = hostDirectory(state.disks, name)
  const seed = join(directory, 'seed')
  rmSync(seed, { recursive: true, force: true })
  mkdirSync(seed, { recursive: true })
  const names = hostNames(state.size)
  const known = names.map((host, index) => `${hostAddress(state.number, index)} ${host}\n`).join('')
  put(seed, 'etc/hostname', `${name}\n`)
  put(seed, 'etc/hosts', `127.0.0.1 localhost\n::1 localhost ip6-localhost\n\n${known}`)
  put(seed, 'root/.ssh/authorized_keys', publicKey, 0o600)
  chmodSync(join(seed, 'root'), 0o700)
  chmodSync(join(seed, 'root/.ssh'), 0o700)
  if (state.rpm.includes(name)) put(seed, 'etc/yum.repos.d/lab.repo', labRepo(state.containerd))
  else
    put(
      seed,
      'etc/apt/preferences.d/lab-containerd',
      `# The generation this lab was started with; the others are in the repository too.\nPackage: containerd\nPin: version ${containerdPins[state.containerd]}\nPin-Priority: 1001\n`,
    )
  const gpu = state.gpus[name]
  for (const [path, content] of gpu ? fakeGpuFiles(gpu) : []) put(seed, path, content)
  const key = await hostKey(directory, name)
  put(seed, 'etc/ssh/ssh_host_ed25519_key', key.secret, 0o600)
  put(seed, 'etc/ssh/ssh_host_ed25519_key.pub', key.public)
  writeCrane(seed, state, name)
  if (state.bareConfig)
    put(seed, 'usr/local/sbin/runc', readFileSync(join(import.meta.dirname, 'host/runc.sh'), 'utf8'), 0o755)
  else put(seed, 'etc/containerd/config.toml', containerdConfig(state.containerd))
}

function writeCrane(seed: string, state: LabState, name: string): void {
  const owner = account(state.image, 'crane')
  put(seed, 'etc/crane/config.yaml', craneConfig(state.size))
  mkdirSync(join(seed, 'var/crane'), { recursive: true })
  chownSync(join(seed, 'var/crane'), owner.uid, owner.gid)
  const isControl = name === hostName(0)
  if (isControl)
    put(
      seed,
      'etc/crane/database.yaml',
      "# The stand-in keeps no database; CraneSched's control daemon needs this file.\n",
      0o600,
    )
  for (const file of ['etc/crane', 'etc/crane/config.yaml', ...(isControl ? ['etc/crane/database.yaml'] : [])])
    chownSync(join(seed, file), owner.uid, owner.gid)
  const units = [...(isControl ? ['cranectld'] : []), ...(computeNames(state.size).includes(name) ? ['craned'] : [])]
  const wants = join(seed, 'etc/systemd/system/multi-user.target.wants')
  mkdirSync(wants, { recursive: true })
  for (const unit of units) {
    const text = readFileSync(join(import.meta.dirname, `stand-in/units/${unit}.service`), 'utf8')
    put(seed, `usr/lib/systemd/system/${unit}.service`, text)
    symlinkSync(`/usr/lib/systemd/system/${unit}.service`, join(wants, `${unit}.service`))
  }
}

async function hostKey(directory: string, name: string): Promise<{ secret: string; public: string }> {
  const file = join(directory, 'ssh_host_ed25519_key')
  await makeKey(file, `root@${name}`)
  return { secret: readFileSync(file, 'utf8'), public: readFileSync(`${file}.pub`, 'utf8') }
}

/** Makes an ed25519 key pair unless the file exists. */
export async function makeKey(file: string, comment: string): Promise<void> {
  mkdirSync(dirname(file), { recursive: true })
  await $({ quiet: true })`test -s ${file} || ssh-keygen -q -t ed25519 -N "" -C ${comment} -f ${file}`
}

/** Writes the /home that all hosts share, with the two accounts that may sudo. */
export function writeHome(state: LabState, publicKey: string): void {
  const home = sharedHome(state.disks)
  rmSync(home, { recursive: true, force: true })
  mkdirSync(join(home, 'shared'), { recursive: true })
  chmodSync(join(home, 'shared'), 0o1777)
  for (const name of ['admin', 'ops']) {
    const { uid, gid } = account(state.image, name)
    put(home, `${name}/.ssh/authorized_keys`, publicKey, 0o600)
    chmodSync(join(home, name, '.ssh'), 0o700)
    for (const path of ['', '.ssh', '.ssh/authorized_keys']) chownSync(join(home, name, path), uid, gid)
  }
}

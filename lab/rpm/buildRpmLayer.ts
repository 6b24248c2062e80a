/** Builds the layer that makes a lab host one of the RHEL family for whoever asks: dnf and RPMs, no apt, another os-release. */
import { createHash } from 'node:crypto'
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { cacheDirectory, debianMirror, LabProblem, type Say } from '../machine.ts'
import { recipe } from '../recipe.ts'
import { ensureToolPackages } from '../tools/toolPackages.ts'
import { rpmPackages, type RpmPackage } from './rpmPackages.ts'
import { RPM_DIRECTORY } from './rpmRepository.ts'
import { rpmSpec, sleepingUnit, versionOf } from './rpmSpec.ts'

const TOOLS = ['dnf', 'rpm', 'createrepo-c']
/** Bump when the way the layer is built changes, not only its packages. */
const REVISION = 1
const BUILD = '/tmp/build'

/** Called what it is; ID_LIKE is what programs look at. */
const OS_RELEASE = `NAME="crane-play lab, RPM host"
PRETTY_NAME="crane-play lab, RPM host (Debian ${recipe.suite} with dnf)"
ID="lab-rpm"
ID_LIKE="rhel centos fedora"
VERSION_ID="9"
PLATFORM_ID="platform:el9"
`

/** Whoever looks for a package manager finds one. */
const REMOVED = ['/usr/bin/apt', '/usr/bin/apt-get', '/usr/bin/apt-cache', '/usr/bin/dpkg', '/usr/bin/dpkg-query']

/** Returns the directory of the layer, which lies over the image; built when there is none of this recipe. */
export async function ensureRpmLayer(image: string, say: Say): Promise<string> {
  const sources = ['rpmPackages.ts', 'rpmSpec.ts'].map((file) => readFileSync(join(import.meta.dirname, file), 'utf8'))
  const built = await ensureToolPackages(image)
  const key = createHash('sha256')
    .update(JSON.stringify([REVISION, image, TOOLS, OS_RELEASE, sources, built]))
    .digest('hex')
  const done = join(cacheDirectory(), `rpm-${key.slice(0, 12)}`)
  if (existsSync(done)) return done
  say('building the layer of RPM hosts (once, about a minute): dnf and a repository of RPMs')
  const work = join(cacheDirectory(), `building-rpm-${process.pid}`)
  const root = join(work, 'root')
  for (const part of ['root', 'upper', 'work']) mkdirSync(join(work, part), { recursive: true })
  const quiet = $({ quiet: true })
  try {
    const options = `lowerdir=${image},upperdir=${join(work, 'upper')},workdir=${join(work, 'work')}`
    await quiet`mount -t overlay overlay -o ${options} ${root}`
    await quiet`mount -t proc proc ${join(root, 'proc')}`
    await fill(root, built)
    await quiet`umount ${join(root, 'proc')} ${root}`
    renameSync(join(work, 'upper'), done)
  } finally {
    await $({ quiet: true, nothrow: true })`umount -l ${join(root, 'proc')} ${root}`
    rmSync(work, { recursive: true, force: true })
  }
  say(`layer of RPM hosts ready: ${done}`)
  return done
}

async function fill(root: string, built: readonly string[]): Promise<void> {
  const put = (path: string, text: string) => {
    mkdirSync(dirname(join(root, path)), { recursive: true })
    writeFileSync(join(root, path), text)
  }
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C', HOME: '/root' }
  const run = async (command: string): Promise<string> => {
    const ended = await $({ quiet: true, nothrow: true, env })`chroot ${root} /bin/sh -ec ${command}`
    if (ended.exitCode !== 0)
      throw new LabProblem(
        `the layer of RPM hosts cannot be built: ${(ended.stderr || ended.stdout).trim().split('\n').at(-1)}`,
      )
    return ended.stdout
  }
  cpSync('/etc/resolv.conf', join(root, 'etc/resolv.conf'), { dereference: true })
  put('/tmp/apt/sources.list', `deb ${await debianMirror()} ${recipe.suite} main\n`)
  put('/tmp/apt/lists/partial/.keep', '')
  const lists = '-o Dir::Etc::SourceList=/tmp/apt/sources.list -o Dir::State::Lists=/tmp/apt/lists'
  await run(`apt-get ${lists} -o Acquire::Retries=3 --error-on=any update`)
  await run(`apt-get ${lists} install -y --no-install-recommends ${TOOLS.join(' ')}`)
  // Debian keeps root's RPM database in the home directory.
  put('/etc/rpm/macros.lab', '%_dbpath /var/lib/rpm\n')
  await run('rpm --initdb')
  for (const directory of built)
    for (const file of readdirSync(directory).filter((name) => name.endsWith('.deb')))
      cpSync(join(directory, file), join(root, 'srv/repo', file))
  for (const one of rpmPackages) if (!one.built || built.length === 2) await build(one, root, run, put)
  put('/etc/dnf/vars/releasever', '9\n')
  rmSync(join(root, 'etc/os-release'))
  put('/etc/os-release', OS_RELEASE)
  // As in the RHEL family, sh is bash.
  await run(`ln -sf bash /usr/bin/sh; rm -rf ${BUILD} /tmp/apt /srv/repo /var/cache/apt/*.bin ${REMOVED.join(' ')}`)
  put('/etc/resolv.conf', '')
}

type Run = (command: string) => Promise<string>

async function build(
  one: RpmPackage,
  root: string,
  run: Run,
  put: (path: string, text: string) => void,
): Promise<void> {
  const debs = one.debian
    ? await closure(one.debian, root, run)
    : (one.files ?? []).map((start) => debFile(root, start))
  const payload = `${BUILD}/payload`
  await run(`rm -rf ${BUILD}; mkdir -p ${payload}`)
  for (const deb of debs) await run(`dpkg-deb -x /srv/repo/${deb} ${payload}`)
  // Directories that are links on a host with a merged /usr.
  await run(
    `cd ${payload}; for d in bin sbin lib; do [ ! -d $d ] || { mkdir -p usr/$d; cp -a $d/. usr/$d/; rm -rf $d; }; done`,
  )
  if (one.sleeps) put(`${payload}/usr/lib/systemd/system/${one.sleeps}.service`, sleepingUnit(one.sleeps))
  if (debs.length === 0) put(`${payload}/usr/share/doc/${one.name}/README`, "A package of crane-play's lab.\n")
  const files = (await run(`cd ${payload}; find . ! -type d`)).split('\n').filter(Boolean)
  const version = one.version ?? versionOf(debs[0] ?? '')
  put(
    `${BUILD}/one.spec`,
    rpmSpec(
      one,
      version,
      files.map((file) => file.slice(1)),
      payload,
    ),
  )
  const off = "--define '_build_id_links none' --define '__os_install_post %{nil}' --define 'debug_package %{nil}'"
  const target = `${RPM_DIRECTORY}/${one.repository ?? 'base'}`
  await run(
    `rpmbuild --quiet -bb --define '_topdir ${BUILD}' --define '_binary_payload w1.gzdio' ${off} ${BUILD}/one.spec`,
  )
  await run(
    `mkdir -p ${target}; find ${BUILD}/RPMS -name '*.rpm' -exec mv {} ${target}/ \\;; createrepo_c -q --update ${target}`,
  )
}

/** The .deb files that bring a package and what it depends on, of which the host has none yet; the package's own first. */
async function closure(name: string, root: string, run: Run): Promise<string[]> {
  const plan = await run(`apt-get -s --no-install-recommends install ${name}`)
  const names = [...plan.matchAll(/^Inst (\S+) /gm)].map(([, one = '']) => one)
  if (names.length === 0) throw new LabProblem(`the image offers no package ${name}`)
  return [name, ...names.filter((one) => one !== name)].map((one) => debFile(root, `${one}_`))
}

function debFile(root: string, start: string): string {
  const file = readdirSync(join(root, 'srv/repo')).find((one) => one.startsWith(start))
  if (file) return file
  throw new LabProblem(`the image's repository has no file ${start}*.deb`)
}

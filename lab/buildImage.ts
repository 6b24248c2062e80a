/** Builds the lab's machine image: a debootstrap tree with a package repository of its own, made once and kept. */
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $ } from 'zx'
import { cacheDirectory, debianMirror, LabProblem, type Say } from './machine.ts'
import { imageKey, recipe } from './recipe.ts'

const run = $({ quiet: true, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive', LC_ALL: 'C' } })

/**
 * Returns the directory of the image, building it when the recipe has no image yet.
 * The tree appears under its final name only when it is whole, so a build that died leaves nothing that looks ready.
 */
export async function ensureImage(say: Say): Promise<string> {
  const done = join(cacheDirectory(), `image-${imageKey()}`)
  if (existsSync(done)) return done
  const work = join(cacheDirectory(), `building-${imageKey()}-${process.pid}`)
  for (const left of existsSync(cacheDirectory()) ? readdirSync(cacheDirectory()) : [])
    if (left.startsWith('building-') && !existsSync(`/proc/${left.split('-').at(-1)}`))
      rmSync(join(cacheDirectory(), left), { recursive: true, force: true })
  mkdirSync(work, { recursive: true })
  try {
    const mirror = await debianMirror()
    say(`building the image (once, about a minute): Debian ${recipe.suite} and a package repository`)
    const [root, packages] = await Promise.all([debootstrap(work, mirror, say), downloadPackages(work, mirror, say)])
    await finish(root, packages, say)
    renameSync(root, done)
    say(`image ready: ${done}`)
    return done
  } finally {
    rmSync(work, { recursive: true, force: true })
  }
}

async function debootstrap(work: string, mirror: string, say: Say): Promise<string> {
  const root = join(work, 'root')
  const options = ['--variant=minbase', `--include=${recipe.include.join(',')}`]
  const result = await run({ nothrow: true })`debootstrap ${options} ${recipe.suite} ${root} ${mirror}`
  if (result.exitCode !== 0)
    throw new LabProblem(
      `debootstrap could not build the image from ${mirror}: ${result.stdout.trim().split('\n').at(-1)}`,
    )
  say('image: base system unpacked')
  return root
}

/**
 * Downloads the repository's packages with an apt configuration of its own, which knows nothing of this machine's
 * installed packages: with an empty status file every dependency counts as missing and is fetched as well.
 */
async function downloadPackages(work: string, mirror: string, say: Say): Promise<string> {
  const apt = join(work, 'apt')
  for (const directory of ['lists/partial', 'archives/partial']) mkdirSync(join(apt, directory), { recursive: true })
  const suites = [...new Set([recipe.suite, ...Object.values(recipe.containerdFrom)])]
  writeFileSync(join(apt, 'sources.list'), suites.map((suite) => `deb ${mirror} ${suite} main\n`).join(''))
  writeFileSync(join(apt, 'status'), '')
  const settings = {
    'Dir::State': apt,
    'Dir::State::status': `${apt}/status`,
    'Dir::Cache': apt,
    'Dir::Etc::SourceList': `${apt}/sources.list`,
    'Dir::Etc::SourceParts': '/dev/null',
    'Dir::Etc::Parts': '/dev/null',
    'Dir::Etc::Main': '/dev/null',
    'Dir::Etc::PreferencesParts': '/dev/null',
    'Acquire::Check-Valid-Until': 'false',
    'Acquire::Languages': 'none',
    'APT::Default-Release': recipe.suite,
    'APT::Install-Recommends': 'false',
    'APT::Sandbox::User': 'root',
  }
  const file = join(apt, 'apt.conf')
  const lines = Object.entries(settings).map(([key, value]) => `${key} "${value}";\n`)
  writeFileSync(file, lines.join(''))
  const aptRun = run({ env: { ...process.env, APT_CONFIG: file, LC_ALL: 'C' }, nothrow: true, cwd: `${apt}/archives` })
  const update = await aptRun`apt-get update`
  const oldest = await aptRun`apt-get install -y --download-only ${['containerd', ...recipe.offered]}`
  if (oldest.exitCode !== 0)
    throw new LabProblem(
      `apt could not download the lab's packages: ${(oldest.stderr || update.stderr).trim().split('\n').at(-1)}`,
    )
  for (const [generation, suite] of Object.entries(recipe.containerdFrom)) {
    if (suite === recipe.suite) continue
    const newer = await aptRun`apt-get download containerd/${suite}`
    if (newer.exitCode !== 0) say(`left out: containerd ${generation}, which ${suite} does not offer at this moment`)
  }
  say('image: packages downloaded')
  return join(apt, 'archives')
}

async function finish(root: string, archives: string, say: Say): Promise<void> {
  const repo = join(root, 'srv/repo')
  mkdirSync(repo, { recursive: true })
  const installed = await run`dpkg-query --admindir=${root}/var/lib/dpkg -W -f ${'$' + '{Package}\n'}`
  const known = new Set(installed.stdout.split('\n'))
  for (const file of readdirSync(archives)) {
    const name = file.split('_')[0] ?? ''
    if (file.endsWith('.deb') && !known.has(name)) renameSync(join(archives, file), join(repo, file))
  }
  const index = await run({ cwd: repo })`dpkg-scanpackages --multiversion .`
  writeFileSync(join(repo, 'Packages'), index.stdout)
  writeFileSync(join(root, 'etc/apt/sources.list'), 'deb [trusted=yes] file:/srv/repo ./\n')
  for (const unit of recipe.masked) symlinkSync('/dev/null', join(root, 'etc/systemd/system', unit))
  for (const command of [...recipe.accounts, 'apt-get update', 'apt-get clean', 'rm -f /etc/ssh/ssh_host_*'])
    await run`chroot ${root} /bin/sh -c ${command}`
  for (const file of ['etc/machine-id', 'etc/resolv.conf', 'etc/hostname']) writeFileSync(join(root, file), '')
  say('image: accounts, repository and settings in place')
}

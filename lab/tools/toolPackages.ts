/** The hosts' packages of what the lab built: CRI-O with a unit and what this machine needs of it, and containerd 2.3. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { cacheDirectory } from '../machine.ts'
import { builtTools } from './buildTools.ts'
import { goTools } from './goTools.ts'

const ours = (file: string): string => readFileSync(join(import.meta.dirname, '../crio', file), 'utf8')

const versionOf = (tool: string): string => goTools.find(({ name }) => name === tool)?.version.slice(1) ?? ''

/** skopeo is there for the lab's images, which no registry has; containers-common has the policy for images. */
const crioControl = (architecture: string): string => `Package: cri-o
Version: ${versionOf('crio')}-0lab1
Architecture: ${architecture}
Maintainer: crane-play lab
Depends: conmon, runc, skopeo, golang-github-containers-common, iptables
Description: CRI-O, built by crane-play's lab from its Go module
`

const crioFiles = (architecture: string): Readonly<Record<string, string>> => ({
  'DEBIAN/control': crioControl(architecture),
  'DEBIAN/conffiles': '/etc/crio/crio.conf.d/00-lab.conf\n',
  'DEBIAN/postinst': '#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; fi\n',
  'etc/crio/crio.conf.d/00-lab.conf': ours('00-lab.conf'),
  'usr/lib/systemd/system/crio.service': ours('crio.service'),
})

const quiet = $({ quiet: true })

/** Returns directories that each hold one package and its index, flat apt repositories; none for what is not built. */
export async function ensureToolPackages(image: string): Promise<string[]> {
  const tools = builtTools()
  const architecture = (await quiet`dpkg --print-architecture`).stdout.trim()
  const crio = tools.get('crio')
  const pinns = tools.get('pinns')
  const containerd = tools.get('containerd')
  const repo = join(image, 'srv/repo')
  const debian = readdirSync(repo).find((file) => file.startsWith('containerd_2.'))
  return [
    ...(crio && pinns ? [await ensurePackage('cri-o', crioPackage({ crio, pinns }, architecture))] : []),
    ...(containerd && debian
      ? [await ensurePackage('containerd', containerdPackage(containerd, join(repo, debian), architecture))]
      : []),
  ]
}

interface Made {
  /** All that decides what is in the package. */
  readonly recipe: unknown
  /** Its .deb file. */
  readonly file: string
  /** Fills the directory with what goes into the package. */
  fill(tree: string): Promise<void>
}

async function ensurePackage(name: string, { recipe, file, fill }: Made): Promise<string> {
  const key = createHash('sha256').update(JSON.stringify(recipe)).digest('hex').slice(0, 8)
  const done = join(cacheDirectory(), 'tools', `${name}-package-${key}`)
  if (existsSync(done)) return done
  const work = `${done}.${process.pid}`
  const tree = join(work, 'tree')
  mkdirSync(tree, { recursive: true })
  await fill(tree)
  await quiet`dpkg-deb --root-owner-group -Zgzip -z1 --build ${tree} ${join(work, file)}`
  rmSync(tree, { recursive: true })
  writeFileSync(join(work, 'Packages'), (await $({ quiet: true, cwd: work })`dpkg-scanpackages .`).stdout)
  renameSync(work, done)
  return done
}

function crioPackage(programs: Readonly<Record<'crio' | 'pinns', string>>, architecture: string): Made {
  const files = crioFiles(architecture)
  return {
    recipe: [versionOf('crio'), files],
    file: `cri-o_${versionOf('crio')}_${architecture}.deb`,
    async fill(tree) {
      for (const [path, text] of Object.entries(files)) {
        mkdirSync(dirname(join(tree, path)), { recursive: true })
        writeFileSync(join(tree, path), text)
      }
      chmodSync(join(tree, 'DEBIAN/postinst'), 0o755)
      mkdirSync(join(tree, 'usr/bin'), { recursive: true })
      for (const [name, path] of Object.entries(programs)) copyFileSync(path, join(tree, 'usr/bin', name))
    },
  }
}

/** Debian's own package of containerd 2 with the newer program in it: unit, shim and ctr are Debian's. */
function containerdPackage(program: string, debian: string, architecture: string): Made {
  const version = versionOf('containerd')
  return {
    recipe: [version, debian],
    file: `containerd_${version}_${architecture}.deb`,
    async fill(tree) {
      await quiet`dpkg-deb -R ${debian} ${tree}`
      copyFileSync(program, join(tree, 'usr/bin/containerd'))
      const control = join(tree, 'DEBIAN/control')
      const text = readFileSync(control, 'utf8').replace(/^Version: .*$/m, `Version: ${version}-0lab1`)
      writeFileSync(control, text)
      // The digests are those of Debian's files.
      rmSync(join(tree, 'DEBIAN/md5sums'), { force: true })
    },
  }
}

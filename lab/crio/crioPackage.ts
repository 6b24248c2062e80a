/** The hosts' package of CRI-O: the program that the lab built, a unit, and what this machine needs of its configuration. */
import { createHash } from 'node:crypto'
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { dirname, join } from 'node:path'
import { $ } from 'zx'
import { cacheDirectory } from '../machine.ts'
import { builtTools } from '../tools/buildTools.ts'
import { goTools } from '../tools/goTools.ts'

const ours = (file: string): string => readFileSync(join(import.meta.dirname, file), 'utf8')

/** skopeo is there for the lab's images, which no registry has; containers-common has the policy for images. */
const control = (version: string, architecture: string): string => `Package: cri-o
Version: ${version}-0lab1
Architecture: ${architecture}
Maintainer: crane-play lab
Depends: conmon, runc, skopeo, golang-github-containers-common, iptables
Description: CRI-O, built by crane-play's lab from its Go module
`

/** Returns the directory with the package and its index, a flat apt repository; undefined when CRI-O is not built. */
export async function ensureCrioPackage(): Promise<string | undefined> {
  const tools = builtTools()
  const version = goTools.find(({ name }) => name === 'crio')?.version.slice(1) ?? ''
  const programs = ['crio', 'pinns'].map((name) => [name, tools.get(name)] as const)
  if (programs.some(([, path]) => path === undefined)) return undefined
  const architecture = (await $({ quiet: true })`dpkg --print-architecture`).stdout.trim()
  const files: Readonly<Record<string, string>> = {
    'DEBIAN/control': control(version, architecture),
    'DEBIAN/conffiles': '/etc/crio/crio.conf.d/00-lab.conf\n',
    'DEBIAN/postinst': '#!/bin/sh\nset -e\nif [ -d /run/systemd/system ]; then systemctl daemon-reload; fi\n',
    'etc/crio/crio.conf.d/00-lab.conf': ours('00-lab.conf'),
    'usr/lib/systemd/system/crio.service': ours('crio.service'),
  }
  const key = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 8)
  const done = join(cacheDirectory(), 'tools', `cri-o-package-${version}-${key}`)
  if (existsSync(done)) return done
  const work = `${done}.${process.pid}`
  const tree = join(work, 'tree')
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(tree, path)), { recursive: true })
    writeFileSync(join(tree, path), text)
  }
  chmodSync(join(tree, 'DEBIAN/postinst'), 0o755)
  mkdirSync(join(tree, 'usr/bin'), { recursive: true })
  for (const [name, path] of programs) copyFileSync(path ?? '', join(tree, 'usr/bin', name))
  const quiet = $({ quiet: true, cwd: work })
  await quiet`dpkg-deb --root-owner-group -Zgzip -z1 --build ${tree} ${`cri-o_${version}_${architecture}.deb`}`
  rmSync(tree, { recursive: true })
  writeFileSync(join(work, 'Packages'), (await quiet`dpkg-scanpackages .`).stdout)
  renameSync(work, done)
  return done
}

/** The container images of the lab: busybox under the names that CraneSched's guide and containerd ask for. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { ociArchive } from './ociArchive.ts'
import type { TarEntry } from './tarArchive.ts'

/** The sandbox images that containerd 1.6, 1.7 and 2.x start pods from by default. */
const pauseVersions = ['3.6', '3.8', '3.10', '3.10.1', '3.10.2']

/** One OCI archive with all images, made from the image's busybox-static. */
export function labImages(image: string): Buffer {
  const busybox = join(image, 'bin/busybox')
  const binary = readFileSync(busybox)
  const applets = execFileSync(busybox, ['--list'], { encoding: 'utf8' }).split('\n').filter(Boolean)
  const text = (path: string, content: string) => ({ path, data: Buffer.from(content) })
  const base: TarEntry[] = [{ path: 'bin' }, { path: 'bin/busybox', data: binary, mode: 0o755 }]
  const shell: TarEntry[] = [
    ...base,
    ...applets.filter((name) => name !== 'busybox').map((name) => ({ path: `bin/${name}`, link: 'busybox' })),
    ...['dev', 'etc', 'proc', 'root', 'sys', 'usr', 'usr/bin', 'var'].map((path) => ({ path })),
    { path: 'tmp', mode: 0o1777 },
    text('etc/passwd', 'root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/:/bin/false\n'),
    text('etc/group', 'root:x:0:\nnogroup:x:65534:\n'),
    text('etc/os-release', 'ID=lab-stand-in\nNAME="Busybox under the name of Alpine"\n'),
  ]
  return ociArchive([
    { name: 'docker.io/library/alpine:latest', files: shell, command: ['/bin/sh'] },
    ...pauseVersions.map((version) => ({
      name: `registry.k8s.io/pause:${version}`,
      files: base,
      entrypoint: ['/bin/busybox', 'sleep', '2147483647'],
    })),
  ])
}

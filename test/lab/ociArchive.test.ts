/** The archives of images: readable by the system's tar, and whole by their own digests. */
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, readlinkSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ociArchive } from '../../lab/ociArchive.ts'
import { tarArchive } from '../../lab/tarArchive.ts'

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'oci-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

function unpack(archive: Buffer, to = '.'): string {
  const target = join(folder, to)
  execFileSync('mkdir', ['-p', target])
  writeFileSync(join(folder, 'a.tar'), archive)
  execFileSync('tar', ['-xf', join(folder, 'a.tar'), '-C', target])
  return target
}

test('tar unpacks files, folders and links with their modes', () => {
  const data = Buffer.alloc(1000, 'x')
  const target = unpack(
    tarArchive([
      { path: 'bin' },
      { path: 'bin/tool', data, mode: 0o755 },
      { path: 'bin/sh', link: 'tool' },
      { path: 'empty', data: Buffer.alloc(0) },
    ]),
  )
  expect(readFileSync(join(target, 'bin/tool'))).toEqual(data)
  expect(statSync(join(target, 'bin/tool')).mode & 0o777).toBe(0o755)
  expect(readlinkSync(join(target, 'bin/sh'))).toBe('tool')
  expect(statSync(join(target, 'empty')).size).toBe(0)
})

test('a path that does not fit is refused', () => {
  expect(() => tarArchive([{ path: 'x'.repeat(101), data: Buffer.alloc(0) }])).toThrow(RangeError)
})

test('every blob has the digest it is named by, and equal layers are stored once', () => {
  const files = [{ path: 'hello', data: Buffer.from('hi') }]
  const target = unpack(
    ociArchive([
      { name: 'docker.io/library/alpine:latest', files, command: ['/bin/sh'] },
      { name: 'registry.k8s.io/pause:3.8', files, entrypoint: ['/pause'] },
    ]),
  )
  type Part = { digest: string; size: number }
  const blob = (part: Part) => {
    const data = readFileSync(join(target, 'blobs', part.digest.replace(':', '/')))
    expect(`sha256:${createHash('sha256').update(data).digest('hex')}`).toBe(part.digest)
    expect(data.length).toBe(part.size)
    return data
  }
  const index = JSON.parse(readFileSync(join(target, 'index.json'), 'utf8')) as {
    manifests: (Part & { annotations: Record<string, string> })[]
  }
  expect(index.manifests.map(({ annotations }) => annotations['io.containerd.image.name'])).toEqual([
    'docker.io/library/alpine:latest',
    'registry.k8s.io/pause:3.8',
  ])
  const layers = index.manifests.map((part) => {
    const manifest = JSON.parse(blob(part).toString()) as { config: Part; layers: [Part] }
    const config = JSON.parse(blob(manifest.config).toString()) as { rootfs: { diff_ids: string[] } }
    expect(config.rootfs.diff_ids).toEqual([manifest.layers[0].digest])
    return manifest.layers[0]
  })
  expect(layers[0]).toEqual(layers[1])
  expect(readFileSync(join(unpack(blob(layers[0] as Part), 'layer'), 'hello'), 'utf8')).toBe('hi')
})

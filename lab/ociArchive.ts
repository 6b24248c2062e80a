/** Writes OCI image archives that `ctr images import` takes: one layer an image, named by annotations. */
import { createHash } from 'node:crypto'
import { type TarEntry, tarArchive } from './tarArchive.ts'

export interface OciImage {
  /** Full reference, such as docker.io/library/alpine:latest. */
  name: string
  files: TarEntry[]
  entrypoint?: string[]
  command?: string[]
}

const mediaType = (kind: string) => `application/vnd.oci.image.${kind}`
const architectures: Record<string, string> = { x64: 'amd64', arm64: 'arm64' }

/** All images in one archive; layers that are equal are stored once. */
export function ociArchive(images: OciImage[]): Buffer {
  const blobs = new Map<string, Buffer>()
  const keep = (data: Buffer, kind: string) => {
    const hex = createHash('sha256').update(data).digest('hex')
    blobs.set(hex, data)
    return { mediaType: mediaType(kind), digest: `sha256:${hex}`, size: data.length }
  }
  const json = (value: unknown) => Buffer.from(JSON.stringify(value))
  const manifests = images.map((image) => {
    const layer = keep(tarArchive(image.files), 'layer.v1.tar')
    const config = {
      architecture: architectures[process.arch] ?? process.arch,
      os: 'linux',
      config: { Env: ['PATH=/bin:/sbin:/usr/bin'], Entrypoint: image.entrypoint, Cmd: image.command },
      rootfs: { type: 'layers', diff_ids: [layer.digest] },
    }
    const manifest = {
      schemaVersion: 2,
      mediaType: mediaType('manifest.v1+json'),
      config: keep(json(config), 'config.v1+json'),
      layers: [layer],
    }
    // containerd looks for the first, tools of the containers/image family for the second.
    const annotations = { 'io.containerd.image.name': image.name, 'org.opencontainers.image.ref.name': image.name }
    return { ...keep(json(manifest), 'manifest.v1+json'), annotations }
  })
  const files = [...blobs].map(([hex, data]) => ({ path: `blobs/sha256/${hex}`, data }))
  return tarArchive([
    { path: 'oci-layout', data: json({ imageLayoutVersion: '1.0.0' }) },
    { path: 'index.json', data: json({ schemaVersion: 2, mediaType: mediaType('index.v1+json'), manifests }) },
    ...files,
  ])
}

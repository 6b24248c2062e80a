// What a node's image stores answer, as containerd's client and containers-storage write it.
import { describe, expect, it } from 'vitest'
import { explainPull, imageName, imageState, imageStore } from '../../../src/container/index.ts'

const DIGEST = `sha256:${'1'.repeat(64)}`
const TABLE = `REF TYPE DIGEST SIZE PLATFORMS LABELS
docker.io/library/alpine:latest application/vnd.oci.image.manifest.v1+json ${DIGEST} 1.1 MiB linux/amd64 io.cri-containerd.image=managed
`
const STORAGE = JSON.stringify([{ id: 'x', digest: DIGEST, names: ['docker.io/library/alpine:latest'] }, { id: 'y' }])

const read = (runtime: 'containerd' | 'crio', image: string, answer: string) => {
  const probe = imageState(image, imageStore(runtime))
  return probe.kind.read(Buffer.from(`${answer}\nend of images\n`), [probe as never])[0]
}

describe.each([
  ['containerd', TABLE],
  ['crio', STORAGE],
] as const)('%s', (runtime, answer) => {
  it.each([
    ['alpine', 'present'],
    [`alpine@${DIGEST}`, 'present'],
    [`busybox@${DIGEST}`, 'absent'],
    ['alpine:3', 'absent'],
  ])('has %s: %s', (image, state) => expect(read(runtime, image, answer)).toMatchObject({ state }))
  it('does not answer', () => expect(read(runtime, 'alpine', 'unanswered')).toMatchObject({ state: 'unanswered' }))
})

it('asks each store once', () => {
  const probes = [imageState('a', imageStore('containerd')), imageState('b', imageStore('containerd'))]
  expect(probes[0]?.kind.script(probes as never).match(/probe_images/g)).toHaveLength(1)
})

it.each([
  ['alpine', 'docker.io/library/alpine:latest', 'docker.io'],
  ['site/tool:2', 'docker.io/site/tool:2', 'docker.io'],
  ['localhost/x', 'localhost/x:latest', 'localhost'],
  ['10.0.0.1:5000/a/b:1', '10.0.0.1:5000/a/b:1', '10.0.0.1:5000'],
  [`quay.io/x:1@${DIGEST}`, `quay.io/x@${DIGEST}`, 'quay.io'],
])('%s is %s', (name, full, registry) => expect(imageName(name)).toMatchObject({ full, registry }))

it.each([
  ['write /x: no space left on device', 'the file system of /var/lib/containerd is full'],
  ['tls: failed to verify certificate: x509: certificate signed by unknown authority', "not trust the registry's cert"],
  ['x509: certificate is valid for 10.0.0.1, not registry', 'is refused: certificate is valid for 10.0.0.1'],
  ['unexpected status from HEAD request: 401 Unauthorized', 'refuses the credentials'],
  ['docker.io/library/x:1: not found', 'has no such image'],
  ['dial tcp: lookup registry.site: no such host', 'cannot resolve'],
  ['dial tcp 10.0.0.1:5000: connect: connection refused', 'cannot reach'],
  ['http: server gave HTTP response to HTTPS client', 'does not speak TLS'],
  ['something new', 'was not pulled: something new'],
])('explains %s', (message, cause) => {
  expect(explainPull(message, { image: 'x' }, imageStore('containerd')).message).toContain(cause)
})

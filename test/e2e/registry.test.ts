// Images from a registry with TLS and a password, by a mirror's files and by the runtime itself; and what goes wrong there.
import { execFileSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labDown, labHost, labUp, ownLab } from '../../lab/index.ts'
import { ociArchive } from '../../lab/ociArchive.ts'
import { deployRun } from './support/deployRun.ts'
import { LawHost } from './support/lawHost.ts'

const NAME = ownLab('registry')
const REGISTRY = 'crane01:5000'
const IMAGE = `${REGISTRY}/site/alpine:1`

const folder = mkdtempSync(join(tmpdir(), 'crane-play-registry-'))
const at = (file: string) => join(folder, file)

let lab: Lab
let node: LawHost

/** A CA, and a certificate for the registry's name and address; and another CA that signed nothing. */
function makeCertificates(address: string): void {
  const openssl = (...words: string[]) => execFileSync('openssl', words, { cwd: folder, stdio: 'pipe' })
  for (const name of ['ca', 'other'])
    openssl(
      'req',
      '-x509',
      '-newkey',
      'rsa:2048',
      '-nodes',
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.pem`,
      '-subj',
      `/CN=lab ${name}`,
      '-days',
      '30',
    )
  openssl('req', '-newkey', 'rsa:2048', '-nodes', '-keyout', 'tls.key', '-out', 'tls.csr', '-subj', '/CN=crane01')
  writeFileSync(at('san'), `subjectAltName=DNS:crane01,IP:${address}\n`)
  openssl(
    'x509',
    '-req',
    '-in',
    'tls.csr',
    '-CA',
    'ca.pem',
    '-CAkey',
    'ca.key',
    '-out',
    'tls.pem',
    '-days',
    '30',
    '-extfile',
    'san',
  )
}

const CONFIG = `version: 0.1
storage: { filesystem: { rootdirectory: /var/lib/docker-registry } }
http: { addr: ':5000', tls: { certificate: /etc/docker/registry/tls.pem, key: /etc/docker/registry/tls.key } }
auth: { htpasswd: { realm: lab, path: /etc/docker/registry/htpasswd } }
`

/** Debian's registry on crane01, with the lab's busybox in it. */
async function startRegistry(): Promise<void> {
  const put = (file: string, text: string) =>
    `base64 -d >/etc/docker/registry/${file} <<'END'\n${Buffer.from(text).toString('base64')}\nEND`
  const script = `set -e
    export DEBIAN_FRONTEND=noninteractive
    apt-get -y -q install docker-registry apache2-utils skopeo >/dev/null 2>&1
    htpasswd -Bbn node secret >/etc/docker/registry/htpasswd
    ${put('tls.pem', readFileSync(at('tls.pem'), 'utf8'))}
    ${put('tls.key', readFileSync(at('tls.key'), 'utf8'))}
    ${put('config.yml', CONFIG)}
    chgrp -R docker-registry /etc/docker/registry; chmod 0640 /etc/docker/registry/tls.key
    systemctl restart docker-registry
    mkdir -p /tmp/layout; tar -xf /srv/images/lab-images.tar -C /tmp/layout
    for try in 1 2 3 4 5 6 7 8; do
      if skopeo copy -q --insecure-policy --dest-tls-verify=false --dest-creds node:secret oci:/tmp/layout:docker.io/library/alpine:latest docker://${IMAGE}; then exit 0; fi
      sleep 1
    done
    exit 1`
  const { exitCode, stderr, stdout } = await labHost('crane01', NAME).exec(script)
  if (exitCode !== 0) throw new Error(`the registry does not start: ${stderr}${stdout}`)
}

beforeAll(async () => {
  lab = await labUp({ name: NAME, hosts: 2 })
  makeCertificates(labHost('crane01', NAME).address)
  await startRegistry()
  node = new LawHost(lab, 'crane02')
  await node.play('installPackage', { name: 'containerd' })
  await node.play('configureContainerd', { registryDirectory: '/etc/containerd/certs.d' })
  await node.play('ensureService', { name: 'containerd', running: true })
  await node.play('restartService', { name: 'containerd', files: ['/etc/containerd/config.toml'] })
}, 400_000)
afterAll(async () => {
  node?.end()
  rmSync(folder, { recursive: true })
  await labDown(undefined, NAME)
})

const pull = (more: object = {}) => node.play('ensureImage', { image: IMAGE, freeSpace: 1, ...more })

describe('refuses, and says which layer is at fault', () => {
  it.each<[string, object, object, string]>([
    ['a certificate of a CA that is not known', {}, {}, "does not trust the registry's certificate"],
    ['a wrong CA', { ca: 'other.pem' }, {}, "does not trust the registry's certificate"],
    ['no account', { ca: 'ca.pem' }, {}, 'has no such image, or refuses the credentials'],
    ['a wrong password', { ca: 'ca.pem', username: 'node', password: 'wrong' }, {}, 'refuses the credentials'],
    [
      'a wrong password for the pull',
      { ca: 'ca.pem' },
      { username: 'node', password: 'no' },
      'refuses the credentials',
    ],
    [
      'no such image',
      { ca: 'ca.pem' },
      { image: `${REGISTRY}/site/none:1`, username: 'node', password: 'secret' },
      'no such image',
    ],
    ['a registry that does not answer', {}, { image: 'crane01:5999/site/alpine:1' }, 'cannot reach the registry'],
    ['no room', {}, { freeSpace: 100_000_000 }, 'MB free'],
  ])('%s', async (_, registry, image, says) => {
    const ca = 'ca' in registry ? { ca: at(String(registry.ca)) } : {}
    await node.on('rm -rf /etc/containerd/certs.d')
    expect(await node.play('ensureRegistry', { registry: REGISTRY, ...registry, ...ca })).toMatchObject({
      outcome: 'changed',
    })
    expect(await pull(image)).toMatchObject({ outcome: 'failed', failure: { cause: expect.stringContaining(says) } })
  })
})

/** Each with a file of that many megabytes, which compression does not make smaller. */
const BIG = 8

describe('a full file system of images', () => {
  const store = '/var/lib/containerd'
  const big = `${REGISTRY}/site/big:1`
  const pullBig = (freeSpace: number) =>
    node.play('ensureImage', { image: big, freeSpace, username: 'node', password: 'secret' })
  /** Leaves that many megabytes. */
  const fill = (left: number) =>
    node.on(
      `rm -f ${store}/filler; free=$(df -Pm ${store} | awk 'NR == 2 { print $4 }'); fallocate -l $((free - ${left}))M ${store}/filler`,
    )
  const restart = 'systemctl reset-failed containerd lab-images; systemctl start containerd; systemctl start lab-images'
  beforeAll(async () => {
    const archive = ociArchive([{ name: 'big', files: [{ path: 'big', data: randomBytes(BIG * 2 ** 20) }] }])
    writeFileSync(join(labHost('crane01', NAME).root, 'srv/big.tar'), archive)
    await labHost('crane01', NAME).exec(
      `skopeo copy -q --insecure-policy --dest-tls-verify=false --dest-creds node:secret oci-archive:/srv/big.tar:big docker://${big}`,
    )
    await node.on('rm -rf /etc/containerd/certs.d')
    await node.play('ensureRegistry', { registry: REGISTRY, ca: at('ca.pem') })
    await node.on(`systemctl stop containerd && mount -t tmpfs -o size=96m tmpfs ${store} && ${restart}`)
  })
  afterAll(() => node.on(`systemctl stop containerd && umount ${store} && ${restart}`))

  it('is said before anything is pulled', async () => {
    await fill(2)
    expect(await pullBig(BIG)).toMatchObject({
      outcome: 'failed',
      failure: { cause: `${store} has less than ${BIG} MB free` },
    })
  })

  it('is named when it becomes full in the middle, and nothing half-pulled stays', async () => {
    await fill(BIG / 2)
    expect(await pullBig(1)).toMatchObject({
      outcome: 'failed',
      failure: { cause: expect.stringContaining(`${big} was not pulled: the file system of ${store} is full`) },
    })
    // containerd collects what a pull has begun a moment after it failed.
    const begun = () => node.on('ctr -n k8s.io content active')
    await expect.poll(begun, { timeout: 10_000 }).toBe('REF\tSIZE\tAGE\t\n')
    expect(await node.on('ctr -n k8s.io images ls -q')).not.toContain('site/big')
  })

  it('does not stop the next pull once there is room', async () => {
    await node.on(`rm ${store}/filler`)
    expect(await pullBig(BIG)).toMatchObject({ outcome: 'changed' })
  })
})

describe('pulls', () => {
  beforeAll(() => node.on('rm -rf /etc/containerd/certs.d'))

  it('with the account of the node, which others cannot read', async () => {
    const account = { username: 'node', password: 'secret' }
    await node.play('ensureRegistry', { registry: REGISTRY, ca: at('ca.pem'), ...account })
    expect(await node.on(`stat -c %a /etc/containerd/certs.d/${REGISTRY}/hosts.toml`)).toBe('600\n')
    expect(await pull({})).toMatchObject({ outcome: 'changed' })
    expect(await pull()).toMatchObject({ outcome: 'ok', note: expect.stringContaining('sha256:') })
    await node.on(`ctr -n k8s.io images rm --sync ${IMAGE}`)
  })

  it('with an account that only this pull has', async () => {
    await node.on('rm -rf /etc/containerd/certs.d')
    await node.play('ensureRegistry', { registry: REGISTRY, ca: at('ca.pem') })
    expect(await pull({ username: 'node', password: 'secret' })).toMatchObject({ outcome: 'changed' })
  })

  it('from a mirror, under the name that jobs use', async () => {
    const mirror = { url: `https://${REGISTRY}`, username: 'node', password: 'secret' }
    await node.play('ensureRegistry', { registry: 'quay.example.org', ca: at('ca.pem'), mirrors: [mirror] })
    const image = 'quay.example.org/site/alpine:1'
    expect(await node.play('ensureImage', { image, freeSpace: 1 }, '--check')).toMatchObject({
      outcome: 'changed',
      note: expect.stringContaining(`pull ${image}`),
    })
    expect(await node.play('ensureImage', { image, freeSpace: 1 })).toMatchObject({ outcome: 'changed' })
    await node.on(`ctr -n k8s.io images ls -q | grep -qx ${image}`)
  })
})

/** It stands for podman: it runs Debian's registry in place of the image, with the environment and command that it is given. */
const PODMAN = `#!/bin/sh
# Stand-in of crane-play's tests for podman.
[ "$1" = run ] || exit 0
for last; do :; done
while [ $# -gt 0 ]; do
  if [ "$1" = --env ]; then export "$2"; fi
  shift
done
exec /usr/bin/docker-registry serve "$last"
`

describe('registry.yml', () => {
  const inputs = {
    cache_host: 'crane02',
    cache_of: `https://${REGISTRY}`,
    cache_ca: '/srv/lab-ca.pem',
  }
  const setUp = () => deployRun(lab, 'registry.yml', '-e', JSON.stringify(inputs))

  it('sets up a cache of the registry with the package of the distribution, and nothing the second time', async () => {
    await node.play('writeFile', { path: '/srv/lab-ca.pem', src: at('ca.pem') })
    // Version 2 of the registry's cache logs in by a token alone.
    await labHost('crane01', NAME).exec(
      "sed -i '/^auth:/d' /etc/docker/registry/config.yml; systemctl restart docker-registry",
    )
    expect(await setUp()).toMatchObject({ status: 3, failures: [] })
    expect(await node.on('stat -c %a:%G /etc/docker/registry/config.yml')).toBe('640:docker-registry\n')
    expect(await setUp()).toMatchObject({ status: 0, changes: [], failures: [] })
  })

  it('keeps what nodes pull through it', async () => {
    await node.play('ensureRegistry', { registry: 'docker.io', mirrors: [{ url: 'http://crane02:5000' }] })
    const pulled = await node.play('ensureImage', { image: 'docker.io/site/alpine:1', freeSpace: 1 })
    expect(pulled).toMatchObject({ outcome: 'changed' })
    await node.on('[ -d /var/lib/docker-registry/docker/registry/v2/repositories/site/alpine ]')
  })

  it('without TLS, where that is asked for', async () => {
    const registry = 'crane02:5000'
    expect(await node.play('ensureImage', { image: `${registry}/site/alpine:1`, freeSpace: 1 })).toMatchObject({
      failure: { cause: expect.stringContaining('does not speak TLS') },
    })
    await node.play('ensureRegistry', { registry, plainHttp: true })
    expect(await node.play('ensureImage', { image: `${registry}/site/alpine:1`, freeSpace: 1 })).toMatchObject({
      outcome: 'changed',
    })
    expect(await node.on('journalctl -u containerd -o cat')).not.toContain('failed to decode hosts.toml')
  })

  it('runs an image of the site in place of a package (podman is a stand-in)', async () => {
    await node.on(`cat >/usr/bin/podman <<'END'\n${PODMAN}END\nchmod 755 /usr/bin/podman`)
    const ofImage = {
      ...inputs,
      cache_image: 'site/registry:2',
      cache_image_packages: [],
      cache_service: 'crane-cache',
      cache_config: '/etc/crane-cache/config.yml',
      cache_directory: '/var/lib/crane-cache',
      cache_port: 5002,
    }
    const run = () => deployRun(lab, 'registry.yml', '-e', JSON.stringify(ofImage))
    expect(await run()).toMatchObject({ status: 3, failures: [] })
    expect(await run()).toMatchObject({ status: 0, changes: [], failures: [] })
    await node.on('systemctl is-enabled crane-cache')
  })
})

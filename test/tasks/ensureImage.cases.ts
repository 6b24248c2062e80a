// Cases of ensureImage.
import { UNKNOWN } from 'crane-play/task'
import type { ImageFact } from 'crane-play/container'
import type { TaskCases } from './kit.ts'

const ARCHIVE = new URL('../fixtures/images/tiny.tar', import.meta.url).pathname
const DIGEST = `sha256:${'a'.repeat(64)}`
const OTHER = `sha256:${'b'.repeat(64)}`
const image = (state: ImageFact['state'], more: Partial<ImageFact> = {}): ImageFact => ({
  state,
  digest: state === 'present' ? DIGEST : null,
  ...more,
})
const space = { enough: true, mount: '/' }
const here = `ctr -a /run/containerd/containerd.sock -n k8s.io images`

export default {
  decide: [
    {
      it: 'the node has it',
      params: { image: 'alpine:3.20' },
      observed: { space, image: image('present') },
      expect: { kind: 'ok', says: 'docker.io/library/alpine:3.20 sha256:aaaaaaaaaaaa', data: { digest: DIGEST } },
    },
    {
      it: 'the node does not have it',
      params: { image: 'alpine' },
      observed: { space, image: image('absent') },
      expect: {
        kind: 'change',
        says: 'pull docker.io/library/alpine:latest',
        diff: '--- docker.io/library/alpine:latest\n+++ docker.io/library/alpine:latest\n-absent\n+present\n',
        after: { image: UNKNOWN },
        steps: ['pull docker.io/library/alpine:latest'],
      },
    },
    {
      it: 'the runtime does not run yet',
      params: { image: `registry.site:5000/x@${DIGEST}`, runtime: 'crio' },
      observed: { space, image: image('unanswered') },
      expect: { kind: 'change', steps: [`pull registry.site:5000/x@${DIGEST}`] },
    },
    {
      it: 'there is no room for it',
      params: { image: 'alpine', freeSpace: 2048 },
      observed: { image: image('absent'), space: { enough: false, mount: '/var' } },
      expect: {
        kind: 'refuse',
        says: '/var, which holds /var/lib/containerd, has less than 2048 MB free',
        hint: 'lower `freeSpace`',
      },
    },
    {
      it: 'it is imported',
      params: { image: 'registry.example.org/tools/tiny:1', archive: ARCHIVE },
      context: { files: new Map([[ARCHIVE, Buffer.from('archive')]]) },
      observed: { space, image: image('absent') },
      expect: {
        kind: 'change',
        hint: 'does not hold an image named registry.example.org/tools/tiny:1',
        steps: ['import registry.example.org/tools/tiny:1'],
        script: `${here} import -`,
      },
    },
    {
      it: 'another image gets the name',
      params: { image: 'site/base:1', from: 'alpine:3.20' },
      observed: { space, image: image('present', { digest: OTHER }), source: image('present') },
      expect: {
        kind: 'change',
        says: 'tag docker.io/site/base:1 from docker.io/library/alpine:3.20',
        diff: `--- docker.io/site/base:1\n+++ docker.io/site/base:1\n-${OTHER}\n+${DIGEST}\n`,
        script: `${here} tag --force docker.io/library/alpine:3.20 docker.io/site/base:1`,
      },
    },
    {
      it: 'another image is pulled and gets the name',
      params: { image: 'site/base:1', from: 'alpine:3.20', runtime: 'crio' },
      observed: { space, image: image('absent'), source: image('absent') },
      expect: {
        kind: 'change',
        steps: ['pull docker.io/library/alpine:3.20', 'name docker.io/library/alpine:3.20 docker.io/site/base:1 too'],
        script: 'skopeo copy -q',
      },
    },
    {
      it: 'both names are the same image',
      params: { image: 'site/base:1', from: 'alpine:3.20' },
      observed: { space, image: image('present'), source: image('present') },
      expect: { kind: 'ok' },
    },
  ],
  wrong: [
    { params: { image: 'Alpine:3' }, path: '/image', says: 'the name of an image' },
    { params: { image: 'alpine; reboot' }, path: '/image', says: 'the name of an image' },
    { params: { image: 'a', from: 'b', archive: 'c' }, path: '', says: 'from or archive' },
    { params: { image: 'a', username: 'u' }, path: '', says: 'both username and password' },
  ],
  live: [
    {
      it: 'imports one',
      on: 'apt',
      needs: 'containerd',
      setup: 'ctr -n k8s.io images rm registry.example.org/tools/tiny:1',
      params: { image: 'registry.example.org/tools/tiny:1', archive: ARCHIVE, freeSpace: 1 },
      proof: 'ctr -n k8s.io images ls -q | grep -qx registry.example.org/tools/tiny:1',
    },
    {
      it: 'gives one a further name',
      on: 'apt',
      needs: 'containerd',
      params: { image: 'registry.example.org/tools/base:1', from: 'alpine' },
      proof: 'ctr -n k8s.io images ls -q | grep -qx registry.example.org/tools/base:1',
    },
  ],
} satisfies TaskCases

// Cases of configureContainerd.
import { absent, directory, file, SOON, type TaskCases } from './kit.ts'

const path = '/etc/containerd/config.toml'
const params = { streamAddress: '10.77.0.12', streamPort: 10350 }
const text = `version = 2

[plugins."io.containerd.grpc.v1.cri"]
stream_server_address = "10.77.0.12"
stream_server_port = "10350"
`
const none = { status: 0, stdout: '' }
const observed = { parent: directory(), initial: { status: null, stdout: '' }, dump: none }

export default {
  decide: [
    { it: 'it is set', params, observed: { ...observed, file: file(text) }, expect: { kind: 'ok', says: 'version 2' } },
    {
      it: 'it is not',
      params,
      observed: { ...observed, file: file('version = 2\n') },
      expect: {
        kind: 'change',
        says: `set what CraneSched needs in ${path}`,
        after: { file: { text, changedAt: SOON }, dump: none },
        steps: [`write ${path}`],
        script: 'containerd --config',
      },
    },
    {
      it: 'there is no file: it starts from the default',
      params,
      observed: { ...observed, file: absent, initial: { status: 0, stdout: 'version = 2\n' } },
      expect: { kind: 'change', after: { file: { text } } },
    },
    {
      it: 'there is no containerd to print the default',
      params,
      observed: { ...observed, file: absent, initial: { status: 127, stdout: '' } },
      expect: { kind: 'refuse', says: 'exits with status 127', hint: 'install containerd' },
    },
    {
      it: 'the file is of version 1',
      params,
      observed: {
        ...observed,
        file: file('[plugins.cri]\nstream_server_port = "0"\n'),
        dump: { status: 1, stdout: 'NAME:\n   containerd config\n' },
      },
      expect: { kind: 'refuse', says: `${path}: the file is of version 1`, hint: 'install containerd 2' },
    },
    {
      it: 'the file is of version 1, and containerd migrates it',
      params,
      observed: {
        ...observed,
        file: file('[plugins.cri]\nstream_server_port = "0"\n'),
        dump: { status: 0, stdout: 'version = 2\n' },
      },
      expect: {
        kind: 'change',
        after: { file: { text } },
        script: ' backup ',
        warnings: [`${path} is migrated to version 2 by containerd, which keeps no comments`],
      },
    },
    {
      it: 'the file is of version 1 and imports others, which nobody migrates',
      params,
      observed: {
        ...observed,
        file: file('imports = ["/x.toml"]\n[plugins.cri]\nstream_server_port = "0"\n'),
        dump: { status: 0, stdout: 'version = 2\n' },
      },
      expect: { kind: 'refuse', says: 'the file is of version 1' },
    },
    {
      it: 'the version is not known',
      params,
      observed: { ...observed, file: file('version = 9\n') },
      expect: { kind: 'refuse', says: 'version 9', hint: 'by hand' },
    },
    {
      it: 'an imported file undoes it',
      params,
      observed: {
        ...observed,
        file: file(text),
        dump: { status: 0, stdout: text.replace('10.77.0.12', '127.0.0.1') },
      },
      expect: { kind: 'refuse', says: 'in force', hint: 'imported file' },
    },
    {
      it: 'the directory is missing',
      params,
      observed: { ...observed, parent: absent, file: absent, initial: { status: 0, stdout: 'version = 2\n' } },
      expect: { kind: 'refuse', says: 'the directory /etc/containerd does not exist', hint: 'ensureDirectory' },
    },
  ],
  wrong: [
    { params: { streamAddress: '0.0.0.0' }, path: '/streamAddress', says: 'at which other nodes reach' },
    { params: { streamPort: 0 }, path: '/streamPort', says: '>= 1' },
    { params: { streamCertificate: '/x' }, path: '', says: 'both streamCertificate and streamKey' },
  ],
  live: [
    {
      it: 'sets what a containerd in place accepts',
      needs: 'containerd',
      setup: 'mkdir -p /etc/law-containerd',
      params: { ...params, path: '/etc/law-containerd/config.toml', cniBinDir: '/opt/cni/bin' },
      proof: 'containerd --config /etc/law-containerd/config.toml config dump | grep -q 10.77.0.12',
    },
  ],
} satisfies TaskCases

// Cases of ensureRegistry.
import { absent, file, type TaskCases } from './kit.ts'

const HOSTS = '/etc/containerd/certs.d/docker.io/hosts.toml'
const CA_AT = '/etc/containerd/certs.d/docker.io/ca.crt'
const CONF = '/etc/containers/registries.conf.d/50-registry.site_5000.conf'
const AUTH = '/etc/crio/registry-auth.json'
const DROP_IN = '/etc/crio/crio.conf.d/20-registry-auth.conf'
const CRIO_CA = '/etc/containers/certs.d/registry.site:5000/ca.crt'
const CA = '-----BEGIN CERTIFICATE-----\nxyz\n-----END CERTIFICATE-----\n'

const mirrored = { registry: 'docker.io', mirrors: [{ url: 'https://mirror.site:5000' }] }
const hosts = `server = "https://registry-1.docker.io"

[host."https://mirror.site:5000"]
capabilities = ["pull", "resolve"]
`
const crio = { registry: 'registry.site:5000', runtime: 'crio', username: 'node', password: 'secret' }
const conf = '[[registry]]\nprefix = "registry.site:5000"\nlocation = "registry.site:5000"\ninsecure = false\n'
const auth = (others: object) =>
  `${JSON.stringify({ auths: { ...others, 'registry.site:5000': { auth: Buffer.from('node:secret').toString('base64') } } }, null, 2)}\n`
const dropIn = `# Credentials of registries, written by crane-play.\n[crio.image]\nglobal_auth_file = "${AUTH}"\n`

export default {
  decide: [
    {
      it: 'containerd: the mirror is known',
      params: mirrored,
      observed: { [HOSTS]: file(hosts), [CA_AT]: absent },
      expect: { kind: 'ok', says: HOSTS },
    },
    {
      it: 'containerd: with a CA',
      params: { ...mirrored, ca: 'ca.pem' },
      context: { files: new Map([['ca.pem', Buffer.from(CA)]]) },
      observed: { [HOSTS]: absent, [CA_AT]: absent },
      expect: {
        kind: 'change',
        says: 'write the settings of docker.io',
        after: { [CA_AT]: { text: CA, mode: '0644' }, [HOSTS]: { mode: '0644' } },
        steps: ['create /etc/containerd/certs.d/docker.io', `write ${CA_AT}`, `write ${HOSTS}`],
      },
    },
    {
      it: 'containerd: what is given as a CA is none',
      params: { ...mirrored, ca: 'ca.der' },
      context: { files: new Map([['ca.der', Buffer.from('binary')]]) },
      observed: { [HOSTS]: absent, [CA_AT]: absent },
      expect: { kind: 'refuse', says: 'ca.der holds no certificate', hint: 'PEM' },
    },
    {
      it: 'containerd: credentials are not shown, and not readable by others',
      params: { registry: 'docker.io', username: 'node', password: 'secret' },
      observed: { [HOSTS]: absent, [CA_AT]: absent },
      expect: {
        kind: 'change',
        diff: `--- /dev/null\n+++ ${HOSTS}\n@@ -0,0 +1,7 @@\n+server = "https://registry-1.docker.io"\n+\n+[host."https://registry-1.docker.io"]\n+capabilities = ["pull", "resolve"]\n+\n+[host."https://registry-1.docker.io".header]\n+authorization = "Basic ***"\n`,
        after: { [HOSTS]: { mode: '0600' } },
      },
    },
    {
      it: 'without TLS, and nothing else: containerd 1.7 wants the table even so',
      params: { registry: 'registry.site:5000', plainHttp: true },
      observed: {
        '/etc/containerd/certs.d/registry.site:5000/hosts.toml': absent,
        '/etc/containerd/certs.d/registry.site:5000/ca.crt': absent,
      },
      expect: {
        kind: 'change',
        diff: '--- /dev/null\n+++ /etc/containerd/certs.d/registry.site:5000/hosts.toml\n@@ -0,0 +1,3 @@\n+server = "http://registry.site:5000"\n+\n+[host]\n',
      },
    },
    {
      it: 'CRI-O: the credentials are there',
      params: crio,
      observed: {
        [CONF]: file(conf),
        [CRIO_CA]: absent,
        [AUTH]: file(auth({ 'quay.io': { auth: 'eA==' } }), { mode: '0600' }),
        [DROP_IN]: file(dropIn),
      },
      expect: { kind: 'ok' },
    },
    {
      it: 'CRI-O: the credentials of other registries stay',
      params: crio,
      observed: {
        [CONF]: file(conf),
        [CRIO_CA]: absent,
        [AUTH]: file('{"auths":{"quay.io":{"auth":"eA=="}}}'),
        [DROP_IN]: absent,
      },
      expect: {
        kind: 'change',
        after: { [AUTH]: { text: auth({ 'quay.io': { auth: 'eA==' } }), mode: '0600' } },
        steps: ['create /etc/crio', 'create /etc/crio/crio.conf.d', `write ${AUTH}`, `write ${DROP_IN}`],
      },
    },
    {
      it: 'CRI-O: the file of credentials is something else',
      params: crio,
      observed: { [CONF]: file(conf), [CRIO_CA]: absent, [AUTH]: file('[1'), [DROP_IN]: absent },
      expect: { kind: 'refuse', says: `${AUTH} is not a file of credentials` },
    },
    {
      it: 'it is to go',
      params: { registry: 'docker.io', state: 'absent' },
      observed: { [HOSTS]: file(hosts), [CA_AT]: absent },
      expect: { kind: 'change', after: { [HOSTS]: { type: 'absent' } }, steps: [`remove ${HOSTS}`] },
    },
    {
      it: 'it is gone',
      params: { registry: 'docker.io', state: 'absent' },
      observed: { [HOSTS]: absent, [CA_AT]: absent },
      expect: { kind: 'ok', says: 'docker.io absent' },
    },
  ],
  wrong: [
    { params: { registry: 'https://docker.io' }, path: '/registry', says: 'must be a host' },
    { params: { registry: 'docker.io', username: 'x' }, path: '', says: 'both username and password' },
    { params: { registry: 'docker.io', mirrors: [{ url: 'mirror' }] }, path: '/mirrors/0/url', says: 'must be a URL' },
    { params: { registry: 'x', plainHttp: true, ca: 'c' }, path: '/plainHttp', says: 'cannot be combined' },
  ],
  live: [
    {
      it: 'writes a mirror for containerd',
      setup: 'rm -rf /etc/containerd/certs.d',
      params: mirrored,
      proof: `grep -q mirror.site:5000 ${HOSTS}`,
    },
    {
      it: 'writes credentials for CRI-O',
      setup: `mkdir -p /etc/crio; echo '{"auths":{"quay.io":{"auth":"eA=="}}}' >${AUTH}; chmod 0644 ${AUTH}`,
      params: crio,
      proof: `[ "$(stat -c %a ${AUTH})" = 600 ] && grep -q quay.io ${AUTH}; rm -rf /etc/crio`,
    },
  ],
} satisfies TaskCases

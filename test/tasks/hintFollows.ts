// What following a hint of a task type means: the parameters, or what is on the host, after it was done.
import type { DecideContext } from 'crane-play/task'
import { absent, directory, down, file, program, runs } from './kit.ts'

type Values = Readonly<Record<string, unknown>>

/** A case of a task type: what a playbook says, what is on the host, and on the controller. */
export interface Situation {
  readonly params: Values
  readonly observed: Values
  readonly context: DecideContext
}

/** `type`: the hint names another task type. */
export type Follow = (before: Situation) => Partial<Situation> & { readonly type?: string }

const params =
  (changes: Values): Follow =>
  (before) => ({ params: { ...before.params, ...changes } })
const without =
  (key: string): Follow =>
  (before) => ({ params: Object.fromEntries(Object.entries(before.params).filter(([name]) => name !== key)) })
const host =
  (changes: Values): Follow =>
  (before) => ({ observed: { ...before.observed, ...changes } })
/** All answers that are so become something else. */
const swap =
  (isWrong: (value: any, name: string) => boolean, right: (name: string, value: unknown) => unknown): Follow =>
  (before) => ({
    observed: Object.fromEntries(
      Object.entries(before.observed).map(([name, value]) => [name, isWrong(value, name) ? right(name, value) : value]),
    ),
  })
/** Of copyTree: what is in the way is gone, and root may look at everything. */
const clearTree = (tree: unknown) => {
  const seen = tree as { readonly root: string; readonly entries: Values }
  const entries = Object.fromEntries(Object.keys(seen.entries).map((path) => [path, absent]))
  return { ...seen, root: seen.root === 'other' ? 'absent' : 'directory', entries }
}
const isParent = (name: string) => /parent|^directory$/i.test(name)
const controller =
  (content: string | Buffer): Follow =>
  ({ context }) => ({
    context: { ...context, files: new Map([...context.files.keys()].map((path) => [path, Buffer.from(content)])) },
  })

const CRANE = 'ClusterName: c\nPartitions: # all\n  - name: CPU\n'
const WHOLE = {
  Enabled: true,
  RuntimeEndpoint: '/run/containerd/containerd.sock',
  Dns: { Servers: ['10.0.0.53'] },
}
const HEALTHY = ' {"health":"true"}\n 200\n.\n'.repeat(2)
const network = JSON.stringify({ name: 'crane', type: 'bridge', ipam: { type: 'host-local' } })
const G3 = Buffer.from('\x7fELF\0 at least one pipeline is required \0')
const bridge = { conf: { type: 'bridge', ipam: { type: 'host-local', subnet: '10.88.0.0/24' } } }
const rdma = (deviceID: string) => ({
  pipelines: [{ name: 'rdma', ifNamePrefix: 'rdma', delegates: [{ conf: { type: 'sriov', deviceID } }] }],
})
const run =
  (command: string, creates: string): Follow =>
  () => ({
    type: 'run',
    params: { command, creates },
    observed: { creates: absent },
  })

/** By hint, as it stands in the source. Each case of the catalogue that gets the hint is followed so. */
export const HINT_FOLLOWS: Readonly<Record<string, Follow>> = {
  'add `become: true`': swap(
    (value, name) => value?.type === 'denied' || name === 'tree',
    (name, value) => (name === 'tree' ? clearTree(value) : isParent(name) ? directory() : absent),
  ),
  'remove or rename it first': swap(
    (value, name) =>
      name === 'tree' ||
      (!isParent(name) && ['directory', 'file', 'dangling-link', 'socket', 'other'].includes(value?.type)) ||
      (name === 'directory' && value.type !== 'directory'),
    (name, value) => (name === 'tree' ? clearTree(value) : absent),
  ),
  "leave out 'delete'": without('delete'),
  'name a file': host({ file: file('a\n') }),
  'create it first with ensureDirectory': swap(
    (value, name) => isParent(name) && value?.type === 'absent',
    () => directory(),
  ),
  'install the package that contains it': host({ unit: down() }),
  'run on the host: systemctl unmask …': host({ unit: down() }),
  'install the software with `run`': run('make install', '/usr/local/bin/jq'),
  'check where it comes from, then correct `sha256`': ({ params: given, context }) => ({
    params: Object.fromEntries(Object.entries(given).filter(([name]) => name !== 'sha256')),
    context,
  }),

  // compareFile, readFile, ensureToml, ensureYaml
  'create it first': host({ file: file('a\n') }),
  'compare a file of at most … bytes': params({ content: 'a\n' }),
  'write it in an earlier task': host({ file: file('a\n') }),
  'name a file of at most … bytes': host({ file: file('a\n') }),
  'check that it is UTF-8 and that the user may read it': host({ file: file('a\n') }),
  'check that it can be read, is at most 256 KiB long and is UTF-8 text': host({ file: file('') }),
  'install the package that contains the command': host({ initial: { status: 0, stdout: '' } }),
  'create it first, or remove `create: false`': without('create'),
  'fix the file by hand first': ({ params: { path = '' }, observed }) => ({
    observed: { ...observed, file: file(String(path).endsWith('.toml') ? 'version = 2\n' : CRANE) },
  }),
  'write a value, or leave out the key': params({ set: { a: 1 } }),

  // the configurations of runtimes
  'install containerd first': host({ initial: { status: 0, stdout: 'version = 2\n' } }),
  'install containerd 2, which migrates it; or move the file away for a new one': host({
    file: absent,
    initial: { status: 0, stdout: 'version = 2\n' },
    dump: { status: 0, stdout: '' },
  }),
  'remove the key from the imported file; where nvidia-ctk wrote it, run nvidia-ctk again over this configuration':
    host({
      dump: { status: 0, stdout: '' },
    }),
  'install CRI-O first': host({ inForce: { status: 0, stdout: '' } }),
  'fix that file by hand first': host({ inForce: { status: 0, stdout: '' } }),
  'remove the key from that file, or set `path` to a later name': ({ observed: { inForce, ...rest } }) => ({
    observed: {
      ...rest,
      inForce: JSON.parse(
        JSON.stringify(inForce).replace('# cgroup_manager = \\"systemd', 'cgroup_manager = \\"cgroupfs'),
      ),
    },
  }),
  'give a file in PEM form, which begins with -----BEGIN CERTIFICATE-----': controller(
    '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
  ),
  'fix it by hand first, or remove it': host({ '/etc/crio/registry-auth.json': absent }),
  'install the runtime': host({ unit: runs() }),
  'start it with ensureService; on the host, see systemctl status …': host({ unit: runs() }),

  // CraneSched
  'install CraneSched and its configuration first': host({ file: file(CRANE) }),
  'correct it in the file, or set the key with this task': (before) => ({
    params: { container: WHOLE },
    observed: { ...before.observed, file: file(CRANE) },
  }),
  'set it to the socket of the runtime': params({ container: WHOLE }),
  'set BindfsBinary: /usr/bin/bindfs and FusermountBinary: /usr/bin/fusermount3': params({
    container: {
      ...WHOLE,
      BindFs: { Enabled: true, BindfsBinary: '/usr/bin/bindfs', FusermountBinary: '/usr/bin/fusermount3' },
    },
  }),
  'remove the section by hand': host({ file: file('Other: c\nPartitions: []\n') }),
  'name the partitions in it first: craned reads `Container:` only where they are': host({ file: file(CRANE) }),
  'correct `gres` in … on all hosts': host({ file: file('Nodes:\n  - name: crane02\n    cpu: 4\n') }),
  'name the node … in the inventory and in `Nodes` of …, or change its hostname': params({ node: 'crane02' }),
  'compare `hostname` on the node with `Nodes` in the file': host({
    file: file('Nodes:\n  - name: crane09\n    cpu: 4\n'),
  }),
  'run the task where the commands of the scheduler are, with `delegate_to`': host({
    shown: { status: 0, stdout: 'NodeName=crane02 State=idle[active]\n\tRunningJob=0 \n' },
  }),
  'drain the node, or set `jobs` (in deploy.yml: -e running_jobs=…) to wait, or to force if the end of a container may be missed':
    params({ jobs: 'wait' }),
  'leave it out of nodes': params({ nodes: ['crane04'] }),
  'copy it to the host first, readable by root alone': host({
    '/etc/calico/client.key': file(''),
    health: { status: 0, stdout: HEALTHY },
  }),
  'fix what failed there and run it again': without('failedNodes'),

  // networks
  'remove …, or give the other a name that comes before it': ({ observed: { files, ...rest } }) => ({
    observed: { ...rest, files: (files as unknown[]).slice(1) },
  }),
  'fix …/…, or install the plug-ins in …': host({
    files: [{ name: '00-crane.conf', text: network }],
    '/opt/cni/bin': ['bridge', 'host-local'],
  }),
  'write one, with writeCni for CraneSched': host({ files: [{ name: '00-crane.conf', text: network }] }),
  'install the plug-ins there, or name the directory that the runtime uses with binDirs': swap(
    (value) => value?.type === 'absent',
    (name) => (name === 'file' ? absent : program()),
  ),
  'install what it points to': swap(
    ({ type }) => type === 'dangling-link',
    () => program(),
  ),
  'run on the host: chmod +x …': swap(
    (value) => value?.mode === '0644',
    () => program(),
  ),
  'install the package cranesched-frontend, or build the plug-in with `make tool`': host({
    '/opt/cni/bin/crane-meta': program(),
    'build /opt/cni/bin': 'pipelines',
  }),
  'set generation to G1, or install a build of Meta CNI from 24 March 2026 or later': params({ generation: 'G1' }),
  'set generation to G2 with confFromArgs, or install a build of Meta CNI from 29 April 2026 or later': host({
    'build /opt/cni/bin': 'pipelines',
  }),
  'set generation to …': ({ params: given, observed }) => ({
    params: { ...given, generation: observed['build /opt/cni/bin'] === 'confFromArgs' ? 'G2' : 'G3' },
  }),
  'set generation to G3': ({ params: given }) => ({
    params: { ...JSON.parse(JSON.stringify(given).replaceAll(/,?"confFromArgs":\{[^}]*\}/g, '')), generation: 'G3' },
  }),
  'set generation to that of the build, or give another build: G1 is from before 24 March 2026, G2 from before 29 April 2026':
    ({ params: given, observed }) => ({
      params: { ...given, generation: observed['sourceBuild'] === 'delegates' ? 'G1' : 'G2' },
    }),
  'check the file; `make tool` makes build/tool/meta-cni': controller(G3),
  'install the package cranesched-frontend first, or name another file': host({
    source: file('', { mode: '0755', text: null }),
    sourceBuild: 'pipelines',
  }),
  'use delegates': params({ pipelines: undefined, delegates: [bridge] }),
  'delete it: results are always chained': without('resultMode'),
  'write `{{.Gres.Device}}` in conf instead': params(rdma('{{.Gres.Device}}')),
  "use confFromArgs, such as `deviceID: '$gres.device'`": params({
    pipelines: [
      {
        name: 'rdma',
        ifNamePrefix: 'rdma',
        delegates: [{ conf: { type: 'sriov' }, confFromArgs: { deviceID: '$gres.device' } }],
      },
    ],
  }),
  'write the value itself': params({ delegates: [{ conf: { type: 'sriov', deviceID: '0000:3b:00.1' } }] }),
  'use {{.Gres.Device}}, {{.Gres.Index}} or {{.Args.NAME}}': params(rdma('{{.Gres.Index}}-{{.Args.NAME}}')),
  "write …='…'": params({ runtimeOverride: { envs: ["NO_PROXY='svc.local'"] } }),
  'write KEY=value to set a key, -KEY to remove it': params({
    delegates: [bridge, { conf: { type: 'portmap' }, runtimeOverride: { args: ['-K8S_POD', 'K8S_POD=a'] } }],
  }),
  'write `ttl: 60`': params({
    delegates: [bridge, { conf: { type: 'dns-register', etcd_endpoints: 'http://etcd1:2379', ttl: 60 } }],
  }),
  'add `…: true`, or leave capabilities out': without('capabilities'),

  // packages, images, units
  'check what was built or downloaded': host({
    package: { manager: 'apt', name: 'tool', version: '2.0', installed: null, outdated: false, removes: [] },
  }),
  'name the file of each kind of hosts with `when`': host({
    package: { manager: 'apt', name: null, version: null, installed: null, outdated: false, removes: [] },
  }),
  'write one task for each package': params({ name: 'a' }),
  'add `…:`, or leave such hosts out with `when`': params({
    apt: { urls: 'https://example.org/deb', suites: ['stable'], components: ['main'] },
  }),
  "add the public key that the repository's owner publishes": params({
    key: 'k',
    keyUrl: undefined,
    trusted: undefined,
  }),
  'free space there, or lower `freeSpace`': host({ space: { enough: true, mount: '/var' } }),
  'remove it first with removePath': host({ link: { type: 'absent' } }),
  'remove it first': host({ file: absent }),
  'name what is in it': params({ path: '/etc/crane/old.yaml' }),
  'delete it: without creates, removes or unless a readOnly command is run every time': without('always'),
  'install bindfs and fuse3': host({ programs: '/usr/bin/bindfs\n/usr/bin/fusermount3\n/dev/fuse\n' }),
  'load the module fuse on the node': host({ programs: '/usr/bin/bindfs\n/usr/bin/fusermount3\n/dev/fuse\n' }),
  "change the mappings, the users' lines or `users`": (before) => ({
    params: { ...before.params, users: ['alice'] },
    observed: { ...before.observed, subuid: file('alice:265536:65536\n'), subgid: file('alice:265536:65536\n') },
  }),
  'bring back the missing file, or move the other away to get a new authority': ({ context }) => ({
    context: {
      ...context,
      kept: new Map([...context.kept].map(([key, one]) => [key, { ...one, content: null }])),
    },
  }),
}

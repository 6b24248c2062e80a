// Cases of verifyGres.
import { absent, file, type TaskCases } from './kit.ts'

const gres = (more: string) => `Nodes:
  - name: crane[02-03]
    cpu: 4
    memory: 8G
    gres:
      - name: gpu
        type: a100
${more.replace(/^(?=.)/gm, '        ')}
  - name: crane04
    cpu: 4
    memory: 8G
`
const two = 'DeviceFileRegex: /dev/nvidia[0-1]\nEnvInjector: nvidia\n'
const spec = (...names: string[]) =>
  `==== specification /etc/cdi/nvidia.yaml\ncdiVersion: 0.5.0\nkind: nvidia.com/gpu\ndevices:\n${names.map((name) => `  - name: "${name}"\n`).join('')}\n`
const observed = (config: string, specifications = '', devices = '/dev/null\n/dev/nvidia0\n/dev/nvidia1\n') => ({
  file: file(config),
  devices,
  specifications,
  name: 'crane02\n',
})
const both = `${two}DeviceCDIRegex: nvidia.com/gpu=[0-1]\n`

export default {
  decide: [
    {
      it: 'devices and names are there',
      params: {},
      observed: observed(gres(both), spec('0', '1', 'all')),
      expect: {
        kind: 'ok',
        says: '1 gres, 3 CDI names',
        data: { cdi: ['nvidia.com/gpu=0', 'nvidia.com/gpu=1', 'nvidia.com/gpu=all'] },
      },
    },
    {
      it: 'nothing is promised of the node',
      params: { node: 'crane04' },
      observed: { ...observed(gres(two)), name: 'crane04\n' },
      expect: { kind: 'ok', says: 'no gres for crane04' },
    },
    {
      it: 'the hostname is another one',
      params: { node: 'node2' },
      observed: observed(gres(both), spec('0', '1')),
      expect: {
        kind: 'refuse',
        says: 'the hostname of node2 is crane02, and craned looks itself up by its hostname',
        hint: 'name the node crane02 in the inventory',
      },
    },
    {
      it: 'a device file is missing',
      params: {},
      observed: observed(gres(two), '', '/dev/nvidia0\n'),
      expect: {
        kind: 'refuse',
        says: 'craned would not start on crane02: gres gpu:a100 has the device file /dev/nvidia1, which does not exist',
        hint: 'correct `gres`',
      },
    },
    {
      it: 'the numbers differ',
      params: {},
      observed: observed(gres(`${two}DeviceCDIList: [nvidia.com/gpu=0]\n`), spec('0')),
      expect: { kind: 'refuse', says: 'gres gpu:a100 has 2 devices and 1 CDI name' },
    },
    {
      it: 'the specifications define other names',
      params: {},
      observed: observed(gres(`${two}DeviceCDIRegex: nvidia.com/gpu=GPU[0-1]\n`), spec('0', '1')),
      expect: {
        kind: 'refuse',
        says: "nvidia.com/gpu=GPU0, nvidia.com/gpu=GPU1, and the node's specifications define nvidia.com/gpu=0, nvidia.com/gpu=1",
      },
    },
    {
      it: 'a pipeline without names, and an injector that is not known',
      params: {},
      observed: observed(gres('DeviceFileList: [/dev/nvidia0]\nDeviceCniPipeline: rdma\nEnvInjector: cuda\n')),
      expect: { kind: 'refuse', says: "DeviceCniPipeline without CDI names; gres gpu:a100 has the EnvInjector 'cuda'" },
    },
    {
      it: 'the file does not name the node',
      params: {},
      observed: { ...observed(gres(two)), name: 'crane09\n' },
      expect: { kind: 'refuse', says: 'does not name the node crane09' },
    },
    {
      it: 'there is no such file',
      params: {},
      observed: { ...observed(''), file: absent },
      expect: { kind: 'refuse', says: 'cannot be read' },
    },
    {
      it: 'a specification is broken',
      params: {},
      observed: observed(gres(two), '==== specification /etc/cdi/x.json\n{"devices"\n'),
      expect: { kind: 'ok', warnings: ['/etc/cdi/x.json is not a CDI specification, and runtimes leave it out'] },
    },
  ],
  wrong: [{ params: { path: 'etc' }, path: '/path', says: 'absolute' }],
  live: [{ it: 'finds nothing wrong with the lab', params: {}, first: 'ok' }],
} satisfies TaskCases

// verifyEtcd: etcd answers a node and is healthy, asked with the node's own files.
import { askEtcd, etcdEndpoints, readEtcd } from 'crane-play/container'
import { AbsolutePath, defineTask, type FileFact, inode, ok, type Probe, refuse, Type } from 'crane-play/task'

const Endpoint = Type.String({
  pattern: '^https?://[^/\\s]+/?$',
  errorMessage: 'must be a URL without a path such as https://etcd1:2379',
})

type Questions = { readonly health: ReturnType<typeof askEtcd> } & { readonly [path: `/${string}`]: Probe<FileFact> }

export default defineTask({
  name: 'verifyEtcd',
  summary:
    'Asks etcd for its health from the host, with the files there, as Calico and dns-register do. Changes nothing.',
  shorthand: 'endpoints',
  params: Type.Object({
    endpoints: Type.Union(
      [
        Type.String({
          pattern: '^https?://[^/,\\s]+/?( *, *https?://[^/,\\s]+/?)*$',
          errorMessage: 'must be URLs without a path, with commas between them, such as https://etcd1:2379',
        }),
        Type.Array(Endpoint, { minItems: 1 }),
      ],
      {
        description: 'Its endpoints: a list, or a string with commas as in `etcd_endpoints`.',
        examples: ['https://etcd1:2379'],
      },
    ),
    ca: Type.Optional(AbsolutePath("The file on the host with the CA of etcd's certificate.")),
    cert: Type.Optional(AbsolutePath('The file of the certificate with which the host asks.')),
    key: Type.Optional(AbsolutePath('The file of its key.')),
  }),
  check: ({ cert, key }) =>
    (cert === undefined) === (key === undefined) ? [] : [{ path: '', message: 'needs both cert and key, or neither' }],
  result: Type.Object({ healthy: Type.Array(Type.String(), { description: 'The endpoints that are healthy.' }) }),
  observe: ({ endpoints, ca, cert, key }): Questions => ({
    ...Object.fromEntries([ca, cert, key].flatMap((path) => (path === undefined ? [] : [[path, inode(path)]]))),
    health: askEtcd(etcdEndpoints(endpoints), { ca, cert, key }),
  }),
  decide({ params, observed: { health, ...files } }) {
    const missing = Object.entries(files as Readonly<Record<string, FileFact>>).find(([, file]) => file.type !== 'file')
    if (missing) return refuse(`${missing[0]} does not exist`, 'copy it to the host first, readable by root alone')
    if (health.status === 127) return refuse('the host has no curl to ask etcd with', 'install curl in an earlier task')
    const answers = readEtcd(health.stdout, etcdEndpoints(params.endpoints))
    const faulty = answers.flatMap(({ endpoint, fault }) => (fault === undefined ? [] : [`${endpoint}: ${fault}`]))
    const healthy = answers.filter(({ fault }) => fault === undefined).map(({ endpoint }) => endpoint)
    if (healthy.length === 0)
      return refuse(
        `no etcd answers: ${faulty.join('; ')}`,
        'check from the host: curl ENDPOINT/health, with --cacert, --cert and --key; pods get no address without etcd',
      )
    return ok({ note: `healthy: ${healthy.join(', ')}`, warnings: faulty, data: { healthy } })
  },
})

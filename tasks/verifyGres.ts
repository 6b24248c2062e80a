// verifyGres: a node has the devices and CDI names that CraneSched's configuration promises of it.
import { cdiNames, cdiSpecifications, gresOf, gresProblems, namesNode } from 'crane-play/container'
import { AbsolutePath, defineTask, ok, parseYaml, reading, refuse, refuseType, textFile, Type } from 'crane-play/task'

const PATH = '/etc/crane/config.yaml'

/** Character devices, two levels deep: /dev/nvidia0, /dev/dri/renderD128. */
const DEVICE_FILES = 'for f in /dev/* /dev/*/*; do [ -c "$f" ] && echo "$f"; done'

export default defineTask({
  name: 'verifyGres',
  summary:
    "Compares a node's GPUs and other devices with `Nodes…gres` of CraneSched's configuration, since craned does not start where they differ.",
  params: Type.Object({
    path: Type.Optional({ ...AbsolutePath('The configuration file.'), default: PATH }),
    node: Type.Optional(
      Type.String({
        description: 'The name that the node must have: craned looks itself up by its hostname. Default: any name.',
        pattern: '^[A-Za-z0-9._-]+$',
        errorMessage: 'must be the name of a node',
      }),
    ),
  }),
  result: Type.Object({
    cdi: Type.Array(Type.String(), { description: "The names that the node's CDI specifications define." }),
  }),
  observe: ({ path = PATH }) => ({
    file: textFile(path),
    devices: reading('deviceFiles', DEVICE_FILES, { changes: true }),
    specifications: cdiSpecifications,
    name: reading('nodeName', 'read -r name </proc/sys/kernel/hostname && echo "$name"'),
  }),
  decide({ params, observed }) {
    const { path = PATH } = params
    const { file, devices, specifications } = observed
    const wrong = refuseType(path, file, 'file')
    if (wrong) return wrong
    if (file.type !== 'file' || file.text === null) return refuse(`${path} cannot be read`)
    const node = observed.name.trim()
    if (params.node !== undefined && params.node !== node)
      return refuse(
        `the hostname of ${params.node} is ${node}, and craned looks itself up by its hostname`,
        `name the node ${node} in the inventory and in \`Nodes\` of ${path}, or change its hostname`,
      )
    const config = parseYaml(file.text)
    if (!namesNode(config, node))
      return refuse(`${path} does not name the node ${node}`, 'compare `hostname` on the node with `Nodes` in the file')
    const cdi = cdiNames(specifications)
    const gres = gresOf(config, node)
    const problems = gresProblems(gres, { files: new Set(devices.split('\n')), cdi: cdi.names })
    if (problems.length > 0)
      return refuse(
        `craned would not start on ${node}: ${problems.join('; ')}`,
        `correct \`gres\` in ${path} on all hosts`,
      )
    return ok({
      note: gres.length === 0 ? `no gres for ${node}` : `${gres.length} gres, ${cdi.names.length} CDI names`,
      warnings: cdi.broken.map((broken) => `${broken} is not a CDI specification, and runtimes leave it out`),
      data: { cdi: [...cdi.names] },
    })
  },
})

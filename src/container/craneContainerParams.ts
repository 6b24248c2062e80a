// The keys of `Container:` in /etc/crane/config.yaml, under the rules of CraneSched's own parsers.
import { type Static, Type } from 'typebox'

// Sources: CraneSched's src/Craned/Core/Craned.cpp (the parser of the section) and its docs/en/deployment/container.md.
const Seconds = (description: string, usual: number) =>
  Type.Optional(Type.Integer({ description, minimum: 1, maximum: 2147483647, default: usual }))

const Flag = (description: string, usual: boolean) => Type.Optional(Type.Boolean({ description, default: usual }))

const SocketPath = (description: string) =>
  Type.String({
    description,
    pattern: '^/(?!.*(^|/)\\.\\.?(/|$))[^\\x00-\\x1f]+$',
    errorMessage: 'must be the plain path of a socket, without unix://: CraneSched puts that in front itself',
    examples: ['/run/containerd/containerd.sock'],
  })

/** Without a search in PATH and with an empty environment, CraneSched can only start an absolute path. */
const Program = (description: string) =>
  Type.Optional(
    Type.String({
      description,
      pattern: '^/[^\\x00-\\x1f]+$',
      errorMessage: 'must be an absolute path: CraneSched does not search for programs',
    }),
  )

const IPV4 = '^(?:(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)(?:\\.(?!$)|$)){4}$'

const Count = (description: string) => Type.Integer({ description, minimum: 0, maximum: 4294967295 })

const Mappings = (what: string) =>
  Type.Optional(
    Type.Array(
      Type.Object(
        {
          Id: Count(`The first ${what}.`),
          IdCount: Type.Integer({ description: `How many ${what}s.`, minimum: 1, maximum: 4294967295 }),
          SubIdStart: Count(`The first subordinate id of the first ${what}.`),
          SubIdSize: Type.Integer({
            description: 'How many subordinate ids each has.',
            minimum: 1,
            maximum: 4294967295,
          }),
        },
        { additionalProperties: false },
      ),
      { description: `Ranges of ${what}s and their subordinate ids.`, minItems: 1 },
    ),
  )

/** The schema of the section. Other keys are accepted: CraneSched ignores what it does not know. */
export const craneContainer = Type.Object(
  {
    Enabled: Type.Optional(Type.Boolean({ description: 'Whether containers can be used. CraneSched: false.' })),
    TempDir: Type.Optional(
      Type.String({ description: 'Below CraneBaseDir. Newer builds do not read it.', minLength: 1 }),
    ),
    RuntimeEndpoint: Type.Optional(
      SocketPath(
        "The container runtime's socket, the same on all nodes. deploy.yml takes `socket`, which it needs where their runtimes differ.",
      ),
    ),
    ImageEndpoint: Type.Optional(SocketPath('The socket that images are pulled through. Default: RuntimeEndpoint.')),
    UserNsEnabledByDefault: Flag('Whether containers have a user namespace unless a job says otherwise.', true),
    ImagePullingTimeout: Seconds('Seconds to pull an image. Some builds do not read it.', 600),
    CriRequestTimeout: Seconds('Seconds for a request to the runtime. Newer builds only.', 5),
    Dns: Type.Optional(
      Type.Object(
        {
          ClusterDomain: Type.Optional(
            Type.String({ description: 'The first search domain.', default: 'cluster.local' }),
          ),
          Servers: Type.Optional(
            Type.Array(
              Type.String({ pattern: IPV4, errorMessage: 'must be an IPv4 address: craned ends with any other' }),
              { description: 'Resolvers that pods can reach. CraneSched: 127.0.0.1, which is the pod itself.' },
            ),
          ),
          Searches: Type.Optional(Type.Array(Type.String(), { description: 'Further search domains.' })),
          Options: Type.Optional(
            Type.Array(Type.String(), { description: 'Options of resolv.conf.', examples: [['ndots:5']] }),
          ),
        },
        { description: 'Name resolution in pods.' },
      ),
    ),
    SubId: Type.Optional(
      Type.Object(
        {
          Managed: Flag('Whether CraneSched writes /etc/subuid and /etc/subgid.', false),
          UidMappings: Mappings('user id'),
          GidMappings: Mappings('group id'),
        },
        { description: 'Subordinate ids for user namespaces.' },
      ),
    ),
    BindFs: Type.Optional(
      Type.Object(
        {
          Enabled: Flag('Whether mounts of containers in a user namespace go through BindFs: all of them.', false),
          BindfsBinary: Program('The program bindfs.'),
          FusermountBinary: Program('The program fusermount3.'),
          MountBaseDir: Type.Optional(
            Type.String({
              description: 'Where it mounts. CraneSched gives it to root with mode 0700, so never a shared directory.',
              minLength: 1,
              default: '/mnt/crane',
            }),
          ),
        },
        { description: 'Maps user ids where a file system cannot.' },
      ),
    ),
  },
  {
    description: 'The keys of `Container:` to set, in their own spelling. Keys that are left out are not changed.',
    minProperties: 1,
  },
)

/** Parameters that the schema accepts. */
export type CraneContainer = Static<typeof craneContainer>

// ensureImage: a container runtime has an image, pulled, imported or named anew.
import {
  IMAGE_PATTERN,
  type ImageFact,
  imageName,
  imageState,
  imageStore,
  importImage,
  pullImage,
  tagImage,
} from 'crane-play/container'
import {
  AbsolutePath,
  change,
  defineTask,
  diskSpace,
  factDiff,
  ok,
  refuse,
  type Step,
  Type,
  UNKNOWN,
} from 'crane-play/task'

const FREE = 1024
const Image = (description: string, examples: string[]) =>
  Type.String({ description, pattern: IMAGE_PATTERN, errorMessage: 'must be the name of an image', examples })

export default defineTask({
  name: 'ensureImage',
  summary:
    'Makes sure that the container runtime of a node has an image: pulled by the runtime itself, imported from an archive, or another image under a further name.',
  shorthand: 'image',
  params: Type.Object({
    image: Image('The image, by tag or digest. Without a registry it is one of docker.io.', ['alpine:3.20']),
    runtime: Type.Optional(
      Type.Union([Type.Literal('containerd'), Type.Literal('crio')], {
        description: 'The runtime that is to have it.',
        default: 'containerd',
      }),
    ),
    socket: Type.Optional(AbsolutePath("The runtime's socket. Default: that of its package.")),
    storage: Type.Optional(AbsolutePath("The directory of the runtime's images. Default: that of its package.")),
    from: Type.Optional(
      Image('The image that gets the name `image`; it is pulled where the node has neither.', [
        'registry.example.org/alpine:3.20',
      ]),
    ),
    archive: Type.Optional(
      Type.String({
        description:
          'An archive on the controller that holds the image under that name, as `docker save` or `skopeo copy` write it. It is sent to nodes without the image, and nothing is pulled.',
        minLength: 1,
      }),
    ),
    username: Type.Optional(Type.String({ description: 'The user of the registry.', minLength: 1 })),
    password: Type.Optional(
      Type.String({ description: 'The password. Declare the input it comes from as sensitive.' }),
    ),
    freeSpace: Type.Optional(
      Type.Integer({ description: 'Megabytes that must be free where images are kept.', minimum: 0, default: FREE }),
    ),
  }),
  result: Type.Object({ digest: Type.String({ description: 'sha256:…; empty in check mode where it is not there.' }) }),
  check: ({ from, archive, username, password }) => [
    ...(from !== undefined && archive !== undefined ? [{ path: '', message: 'needs from or archive, not both' }] : []),
    ...((username === undefined) === (password === undefined)
      ? []
      : [{ path: '', message: 'needs both username and password, or neither' }]),
  ],
  controllerFiles: ['archive'],
  observe: (params) => ({
    image: imageState(params.image, storeOf(params)),
    space: diskSpace(storeOf(params).root, params.freeSpace ?? FREE),
    ...(params.from !== undefined && { source: imageState(params.from, storeOf(params)) }),
  }),
  decide({ params, observed: { image, source, space }, context }) {
    const { from, archive, freeSpace = FREE } = params
    const { full } = imageName(params.image)
    const store = storeOf(params)
    const wanted = from === undefined ? undefined : source?.digest
    if (image.state === 'present' && (!wanted || wanted === image.digest))
      return ok({ note: `${full} ${short(image.digest)}`, data: { digest: image.digest ?? '' } })
    const pull = archive === undefined && source?.state !== 'present'
    if ((pull || archive !== undefined) && !space.enough)
      return refuse(
        `${space.mount}${space.mount === store.root ? '' : `, which holds ${store.root},`} has less than ${freeSpace} MB free`,
        'free space there, or lower `freeSpace`',
      )
    const content = archive === undefined ? undefined : context.files.get(archive)
    if (archive !== undefined && content === undefined) return refuse(`${archive} cannot be read`)
    const origin = archive ?? (from === undefined ? '' : imageName(from).full)
    return change({
      note: `${archive === undefined ? (pull ? 'pull' : 'tag') : 'import'} ${full}${origin === '' ? '' : ` from ${origin}`}`,
      diffs: [factDiff(full, image.state === 'present' ? (image.digest ?? '') : 'absent', wanted ?? 'present')],
      after: { image: UNKNOWN, ...(source && { source: UNKNOWN }) },
      plan: { pull, tag: from !== undefined, ...(content && { content }) },
      data: { digest: '' },
      stillDue: archive === undefined ? undefined : `the archive does not hold an image named ${full}`,
    })
  },
  apply({ params, plan: { pull, tag, content } }): Step[] {
    const { image, from = image, username, password } = params
    const store = storeOf(params)
    const [source, target] = [imageName(from).full, imageName(image).full]
    const label = `pull ${source}`
    return [
      ...(content ? [importImage(store, target, content)] : []),
      ...(pull
        ? [
            {
              kind: 'socket' as const,
              label,
              path: store.socket,
              talk: (dial: Parameters<typeof pullImage>[0], deadlineMs: number) =>
                pullImage(dial, store, { image: source, username, password }, deadlineMs - 5_000),
            },
          ]
        : []),
      ...(tag ? [tagImage(store, source, target)] : []),
    ]
  },
  deadlineSeconds: 1800,
})

interface Named {
  readonly runtime?: 'containerd' | 'crio'
  readonly socket?: string
  readonly storage?: string
}

const storeOf = ({ runtime = 'containerd', socket, storage }: Named) => {
  const store = imageStore(runtime)
  return { runtime, socket: socket ?? store.socket, root: storage ?? store.root }
}

const short = (digest: ImageFact['digest']) => (digest ?? '').slice(0, 19)

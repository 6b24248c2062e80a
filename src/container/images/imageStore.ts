// Whether a runtime has an image.
import { commandLine, GarbledAnswer, type Probe, type ProbeKind, probe } from '../../task/index.ts'
import { imageName } from './imageName.ts'

/** A runtime that keeps images: where it is spoken to, and where it keeps them. */
export interface ImageStore {
  readonly runtime: 'containerd' | 'crio'
  readonly socket: string
  /** The directory whose file system holds the images. */
  readonly root: string
}

/** The image stores of the runtimes as their packages set them up. */
export const imageStore = (runtime: 'containerd' | 'crio'): ImageStore =>
  runtime === 'containerd'
    ? { runtime, socket: '/run/containerd/containerd.sock', root: '/var/lib/containerd' }
    : { runtime, socket: '/run/crio/crio.sock', root: '/var/lib/containers/storage' }

/** Whether a runtime has an image. */
export interface ImageFact {
  /** `unanswered`: the runtime does not run, or has no store yet. */
  readonly state: 'present' | 'absent' | 'unanswered'
  /** Its manifest's digest; null when it is not present. */
  readonly digest: string | null
}

// containerd is asked through its own client, in the namespace that CRI uses; CRI-O's store is a JSON file.
const PROBE_IMAGES = `case $1 in
containerd) ctr --timeout 10s -a "$2" -n k8s.io images ls 2>/dev/null || echo unanswered ;;
crio)
  found=
  for file in "$3"/*-images/images.json; do [ -r "$file" ] && { cat -- "$file"; echo; found=1; }; done
  [ "$found" ] || echo unanswered ;;
esac
echo 'end of images'`

const imageKind: ProbeKind<ImageStore, ImageFact> = {
  name: 'image',
  functions: { probe_images: `( ${PROBE_IMAGES} )` },
  isAbsent: (fact) => fact.state !== 'present',
  script: (questions) =>
    storesOf(questions)
      .map(({ runtime, socket, root }) => commandLine(['probe_images', runtime, socket, root]))
      .join('\n'),
  read(stdout, questions) {
    const stores = storesOf(questions).map(keyOf)
    const answers = stdout.toString('utf8').split(/^end of images\n/m)
    if (answers.length !== stores.length + 1) throw new GarbledAnswer('the answer about images is incomplete')
    const read = new Map(stores.map((key, i) => [key, readStore(answers[i] ?? '')]))
    return questions.map(({ subject, detail }) => {
      const images = read.get(keyOf(detail))
      const digest = images && findImage(images, subject.slice(subject.lastIndexOf(' ') + 1))
      const state = images === undefined ? 'unanswered' : digest === undefined ? 'absent' : 'present'
      return Object.freeze({ state, digest: digest ?? null })
    })
  },
}

const keyOf = ({ runtime, socket, root }: ImageStore) => [runtime, socket, root].join(' ')

const storesOf = (questions: readonly { readonly detail: ImageStore }[]): readonly ImageStore[] => [
  ...new Map(questions.map(({ detail }) => [keyOf(detail), detail])).values(),
]

/** Names of images → digests; undefined where the store did not answer. */
function readStore(answer: string): ReadonlyMap<string, string> | undefined {
  if (answer.startsWith('[')) return readStorage(answer)
  return /^unanswered$/m.test(answer) ? undefined : readTable(answer)
}

/** ctr's table: name, type, digest, and more. */
const readTable = (text: string): ReadonlyMap<string, string> =>
  new Map(
    [...text.matchAll(/^(\S+)\s+\S+\s+(sha256:[0-9a-f]{64})\s/gm)].map(([, name = '', digest = '']) => [name, digest]),
  )

/** images.json of containers-storage: https://github.com/containers/storage, images.go. */
function readStorage(text: string): ReadonlyMap<string, string> {
  let images: unknown
  try {
    images = JSON.parse(text)
  } catch {
    throw new GarbledAnswer("CRI-O's list of images is not JSON")
  }
  return new Map(
    (Array.isArray(images) ? images : []).flatMap(({ names, digest }: { names?: unknown; digest?: unknown }) =>
      (Array.isArray(names) ? names : []).map((name): [string, string] => [String(name), String(digest ?? '')]),
    ),
  )
}

/** By its name; an image that was pulled by tag is also the one of that digest. */
function findImage(images: ReadonlyMap<string, string>, wanted: string): string | undefined {
  const { full, repository, digest } = imageName(wanted)
  const exact = images.get(full)
  if (exact !== undefined || digest === undefined) return exact
  for (const [name, its] of images) if (its === digest && imageName(name).repository === repository) return its
  return undefined
}

/**
 * Whether a runtime has an image.
 *
 * @param image - Its name, in full or shortened.
 * @param store - The runtime.
 */
export const imageState = (image: string, store: ImageStore): Probe<ImageFact> =>
  probe(imageKind, `${keyOf(store)} ${imageName(image).full}`, store)

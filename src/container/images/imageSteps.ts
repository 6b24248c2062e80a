// Steps that CRI has no calls for: an archive is imported into a runtime's images, and an image gets a further name.
import { commandLine, quoteShell, type ShellStep, script } from '../../task/index.ts'
import type { ImageStore } from './imageStore.ts'

// skopeo reads archives from files only, and both kinds look alike from outside.
const IMPORT_TO_STORAGE = `command -v skopeo >/dev/null || { echo 'importing into CRI-O needs skopeo' >&2; return 1; }
archive=$(mktemp) || return
trap 'rm -f -- "$archive"' EXIT
cat >"$archive" || return
kind=docker-archive:$archive
if tar -tf "$archive" index.json >/dev/null 2>&1; then kind=oci-archive:$archive:$2; fi
skopeo copy -q "$kind" "containers-storage:$1$2" >&2`

const storageOf = ({ root }: ImageStore) => `[overlay@${root}+/run/containers/storage]`

/**
 * Imports an image from an archive.
 *
 * @param store - The runtime that gets it.
 * @param name - The image's name in full, which the archive holds too.
 * @param content - The archive.
 */
export const importImage = (store: ImageStore, name: string, content: Uint8Array): ShellStep =>
  store.runtime === 'containerd'
    ? script(
        `import ${name}`,
        `${commandLine(['ctr', '-a', store.socket, '-n', 'k8s.io', 'images', 'import', '-'])} >&2`,
        {
          stdin: content,
        },
      )
    : script(`import ${name}`, commandLine(['import_to_storage', storageOf(store), name]), {
        stdin: content,
        functions: { import_to_storage: `( ${IMPORT_TO_STORAGE} )` },
      })

/**
 * Gives an image a further name, which another image may have had.
 *
 * @param store - The runtime that has it.
 * @param source - The image's name in full.
 * @param target - The further name, in full.
 */
export const tagImage = (store: ImageStore, source: string, target: string): ShellStep =>
  store.runtime === 'containerd'
    ? script(
        `name ${source} ${target} too`,
        `${commandLine(['ctr', '-a', store.socket, '-n', 'k8s.io', 'images', 'tag', '--force', source, target])} >&2`,
      )
    : script(
        `name ${source} ${target} too`,
        `skopeo copy -q ${[source, target].map((name) => quoteShell(`containers-storage:${storageOf(store)}${name}`)).join(' ')} >&2`,
      )

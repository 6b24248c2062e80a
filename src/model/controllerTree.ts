// A directory of the controller with all that is in it, as a task copies it to hosts.

/** A regular file. */
export interface TreeFile {
  readonly type: 'file'
  /** Relative to the directory, with `/` between names. */
  readonly path: string
  /** Bytes. */
  readonly size: number
  /** Its owner may execute it. */
  readonly executable: boolean
  /** In hexadecimal, of the content when it is first asked for. Throws as node:fs does. */
  readonly sha256: string
  /** Reads the content anew: trees are larger than what should be kept. Throws as node:fs does. */
  readonly read: () => Uint8Array
}

/** A directory, or a symbolic link that leads to something in the tree. */
export type TreeEntry =
  | TreeFile
  | { readonly type: 'directory'; readonly path: string }
  | { readonly type: 'link'; readonly path: string; readonly target: string }

/** Everything below a directory of the controller, sorted so that a directory comes before what is in it. */
export interface ControllerTree {
  readonly entries: readonly TreeEntry[]
  /** Whether a path below the directory is excluded: it is neither copied nor removed. */
  readonly excludes: (path: string) => boolean
}

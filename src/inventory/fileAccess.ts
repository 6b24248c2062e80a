// What the inventory asks of the file system; a test can answer from memory.
import { readdirSync, readFileSync, statSync } from 'node:fs'

export interface FileAccess {
  /** Follows links; undefined when there is nothing, or nothing that may be seen. `mode` has the permission bits. */
  stat(path: string): { readonly directory: boolean; readonly mode: number } | undefined
  /** Throws the system's error when it cannot be read. */
  read(path: string): string
  /** Names without their directory, in any order. Throws the system's error when it cannot be read. */
  list(path: string): readonly string[]
}

export const nodeFiles: FileAccess = {
  stat(path) {
    try {
      const found = statSync(path)
      return { directory: found.isDirectory(), mode: found.mode }
    } catch {
      return undefined
    }
  },
  read: (path) => readFileSync(path, 'utf8'),
  list: (path) => readdirSync(path),
}

/** Whoever can write to the directory can replace what is read from it, so nothing is read from it. */
export const othersMayWrite = (files: FileAccess, directory: string): boolean =>
  ((files.stat(directory)?.mode ?? 0) & 0o002) !== 0

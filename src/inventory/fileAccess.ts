// What the inventory asks of the file system; a test can answer from memory.
import { readdirSync, readFileSync, statSync } from 'node:fs'
import { diskTrust } from '../text/fileTrust.ts'

export interface FileAccess {
  /** Follows links; undefined when there is nothing, or nothing that may be seen. `mode` has the permission bits. */
  stat(path: string): { readonly directory: boolean; readonly mode: number } | undefined
  /** Throws the system's error when it cannot be read, `UntrustedFile` when somebody else could have put it there. */
  read(path: string): string
  /** Names without their directory, in any order. Throws as `read` does. */
  list(path: string): readonly string[]
  /** Throws `UntrustedFile` for what must not be picked up unnamed, beside a directory that was named. */
  checkFound(path: string, hint: string, beside: string): void
}

/** Make one for each loading: it remembers which owners may be trusted. */
export function diskFiles(): FileAccess {
  const trust = diskTrust()
  return {
    stat(path) {
      try {
        const found = statSync(path)
        return { directory: found.isDirectory(), mode: found.mode }
      } catch {
        return undefined
      }
    },
    read(path) {
      trust.check(path)
      return readFileSync(path, 'utf8')
    },
    list(path) {
      trust.check(path)
      return readdirSync(path)
    },
    checkFound: (path, hint, beside) => trust.checkFound(path, hint, beside),
  }
}

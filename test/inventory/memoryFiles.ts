// A file system in memory, for tests: path → content; directories are what the paths say.
import type { FileAccess } from '../../src/inventory/fileAccess.ts'
import { type FileFacts, FileTrust } from '../../src/text/fileTrust.ts'

/** The user who runs the tests. */
export const ME = 1000

export function memoryFiles(
  contents: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, number>> = {},
  owners: Readonly<Record<string, number>> = {},
): FileAccess {
  const directories = new Map<string, Set<string>>([['.', new Set()]])
  for (const path of Object.keys(contents)) {
    const parts = path.split('/')
    parts.forEach((part, i) => {
      const directory = parts.slice(0, i).join('/') || '.'
      directories.set(directory, (directories.get(directory) ?? new Set()).add(part))
    })
  }
  const look = (path: string): FileFacts | undefined => {
    const directory = directories.has(path)
    if (!directory && contents[path] === undefined) return undefined
    const mode = modes[path] ?? (directory ? 0o755 : 0o644)
    return { kind: directory ? 'directory' : 'file', mode, uid: owners[path] ?? ME }
  }
  const trust = new FileTrust({ look, ways: (path) => [path], me: ME })
  return {
    stat(path) {
      const found = look(path)
      return found && { directory: found.kind === 'directory', mode: found.mode }
    },
    read(path) {
      trust.check(path)
      const text = contents[path]
      if (text === undefined)
        throw Object.assign(new Error(path), { code: directories.has(path) ? 'EISDIR' : 'ENOENT' })
      if (modes[path] === 0) throw Object.assign(new Error(path), { code: 'EACCES' })
      return text
    },
    list(path) {
      trust.check(path)
      return [...(directories.get(path) ?? [])].reverse()
    },
    checkFound: (path, hint, beside) => trust.checkFound(path, hint, beside),
  }
}

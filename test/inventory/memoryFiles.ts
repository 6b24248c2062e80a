// A file system in memory, for tests: path → content; directories are what the paths say.
import type { FileAccess } from '../../src/inventory/fileAccess.ts'

export function memoryFiles(
  contents: Readonly<Record<string, string>>,
  modes: Readonly<Record<string, number>> = {},
): FileAccess {
  const directories = new Map<string, Set<string>>([['.', new Set()]])
  for (const path of Object.keys(contents)) {
    const parts = path.split('/')
    parts.forEach((part, i) => {
      const directory = parts.slice(0, i).join('/') || '.'
      directories.set(directory, (directories.get(directory) ?? new Set()).add(part))
    })
  }
  return {
    stat(path) {
      const directory = directories.has(path)
      if (!directory && contents[path] === undefined) return undefined
      return { directory, mode: modes[path] ?? (directory ? 0o755 : 0o644) }
    },
    read(path) {
      const text = contents[path]
      if (text === undefined)
        throw Object.assign(new Error(path), { code: directories.has(path) ? 'EISDIR' : 'ENOENT' })
      if (modes[path] === 0) throw Object.assign(new Error(path), { code: 'EACCES' })
      return text
    },
    list: (path) => [...(directories.get(path) ?? [])].reverse(),
  }
}

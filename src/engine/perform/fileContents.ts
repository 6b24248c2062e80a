// The contents of the controller’s files that tasks name, each read once per run.
import { pathBeside, whyUnreadable } from '../../model/namedFile.ts'
import type { KeptFile } from '../../task/defineTask.ts'
import type { Params, PreparedTask } from '../prepare.ts'

/** A file that was there when the playbook was checked, and is not any more. */
export class Unreadable {
  readonly cause: string

  constructor(path: string, error: unknown) {
    this.cause = `cannot read ${path}: ${whyUnreadable(error)}`
  }
}

export class FileContents {
  readonly #read: (path: string) => Uint8Array
  readonly #known = new Map<string, Uint8Array>()

  constructor(read: (path: string) => Uint8Array) {
    this.#read = read
  }

  /** By the names that the task's parameters have. */
  of({ type, spec }: PreparedTask, params: Params): ReadonlyMap<string, Uint8Array> | Unreadable {
    if (type.controllerFiles.length === 0) return NO_FILES
    const contents = new Map<string, Uint8Array>()
    for (const parameter of type.controllerFiles) {
      const name = params[parameter]
      if (typeof name !== 'string') continue
      const content = this.#load(pathBeside(spec.at.file, name))
      if (content instanceof Unreadable) return content
      contents.set(name, content)
    }
    return contents
  }

  /** The files that the task makes itself where they are absent, read each time: another host's turn may have made them. */
  kept({ type, spec }: PreparedTask, params: Params): ReadonlyMap<string, KeptFile> | Unreadable {
    if (!type.controllerKeeps?.length) return NO_FILES
    const kept = new Map<string, KeptFile>()
    for (const parameter of type.controllerKeeps) {
      const name = params[parameter]
      if (typeof name !== 'string') continue
      const path = pathBeside(spec.at.file, name)
      try {
        kept.set(name, { path, content: this.#read(path) })
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== 'ENOENT') return new Unreadable(path, error)
        kept.set(name, { path, content: null })
      }
    }
    return kept
  }

  #load(path: string): Uint8Array | Unreadable {
    let content = this.#known.get(path)
    if (content !== undefined) return content
    try {
      content = this.#read(path)
    } catch (error) {
      return new Unreadable(path, error)
    }
    this.#known.set(path, content)
    return content
  }
}

const NO_FILES = new Map<string, never>()

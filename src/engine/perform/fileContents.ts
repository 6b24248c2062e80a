// The contents of the controller’s files that tasks name, each read once per run.
import { pathBeside, whyUnreadable } from '../../model/namedFile.ts'
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

const NO_FILES: ReadonlyMap<string, Uint8Array> = new Map()

// The controller's directories that tasks name, each read once per run and given to the methods of their task types.
import type { ControllerTree } from '../../model/controllerTree.ts'
import type { Json } from '../../model/inventory.ts'
import { pathBeside, whyUnreadable } from '../../model/namedFile.ts'
import { refuse } from '../../task/decision.ts'
import type { TaskType } from '../../task/defineTask.ts'

/** Everything below a directory but what fits the globs. Throws as node:fs does. */
export type ReadTree = (path: string, exclude: readonly string[]) => ControllerTree

type Params = Readonly<Record<string, Json>>
type Found = { readonly tree: ControllerTree } | { readonly cause: string }

export class ControllerTrees {
  readonly #read: ReadTree
  readonly #known = new Map<string, Found>()

  constructor(read: ReadTree) {
    this.#read = read
  }

  /** The type for one task. `file`: the one that the task stands in. */
  bind(type: TaskType, file: string): TaskType {
    const { controllerTree } = type
    if (!controllerTree) return type
    const find = (params: Params) => {
      const exclude = (params[controllerTree.exclude] ?? []) as readonly string[]
      return this.#find(pathBeside(file, String(params[controllerTree.directory])), exclude)
    }
    const given = (params: Params) => {
      const found = find(params)
      return 'tree' in found ? found : {}
    }
    return {
      ...type,
      writes: (params) => type.writes(params, given(params)),
      observe: (params, context) => type.observe(params, { ...context, ...given(params) }),
      decide(input) {
        const found = find(input.params)
        if ('cause' in found) return refuse(found.cause, 'it could be read when the run began')
        return type.decide({ ...input, context: { ...input.context, ...found } })
      },
    }
  }

  #find(path: string, exclude: readonly string[]): Found {
    const key = JSON.stringify([path, exclude])
    let found = this.#known.get(key)
    if (!found) this.#known.set(key, (found = this.#load(path, exclude)))
    return found
  }

  #load(path: string, exclude: readonly string[]): Found {
    try {
      return { tree: this.#read(path, exclude) }
    } catch (error) {
      return { cause: `cannot read ${path}: ${whyUnreadable(error)}` }
    }
  }
}

// Checks the controller’s files that tasks name: no host may choose them, and they exist before the run begins.
import { accessSync, constants, statSync } from 'node:fs'
import { isAbsolute } from 'node:path'
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import type { Diagnostic } from '../../model/diagnostic.ts'
import { FACTS_NAME } from '../../model/facts.ts'
import type { Json } from '../../model/inventory.ts'
import { pathBeside } from '../../model/namedFile.ts'
import type { Findings } from '../../text/findings.ts'
import { diskTrust, unreadable } from '../../text/fileTrust.ts'
import { nodeAt, type ParamsPlace } from './checkParams.ts'
import type { CompiledTask } from './compileTask.ts'
import { type Compiled, escapePointer } from '../../language/compileTemplate.ts'

/** Throws as node:fs does when the path is not a readable file, `UntrustedFile` when somebody else could have put it there. */
export type ProbeFile = (path: string) => void

export const probeFileOnDisk: ProbeFile = (path) => {
  diskTrust().check(path)
  const found = statSync(path)
  if (found.isDirectory()) throw Object.assign(new Error('is a directory'), { code: 'EISDIR' })
  if (!found.isFile()) throw new Error('not a regular file')
  accessSync(path, constants.R_OK)
}

/** The same for a directory with all that is in it, but for what fits the globs. */
export type ProbeTree = (path: string, exclude: readonly string[]) => void

/** Looks once for each file and directory, however many hosts it is for. */
export class FileChecks {
  readonly #probe: ProbeFile
  readonly #probeTree: ProbeTree
  readonly #reasons = new Map<string, unknown>()

  constructor(probe: ProbeFile, probeTree: ProbeTree) {
    this.#probe = probe
    this.#probeTree = probeTree
  }

  /** `holes`: JSON pointers of what is not known yet. */
  check(place: ParamsPlace, params: Json, holes: readonly string[] = []): readonly Diagnostic[] {
    const { controllerKeeps = [], controllerTree } = place.type
    const given = params as Readonly<Record<string, Json>>
    // What is left out may be what is wrong with the directory.
    if (holes.some((hole) => controllerTree && hole.startsWith(`/${escapePointer(controllerTree.exclude)}`))) return []
    return filesNamedBy(place.type).flatMap((parameter) => {
      const name = given[parameter]
      const pointer = `/${escapePointer(parameter)}`
      if (typeof name !== 'string' || holes.includes(pointer)) return []
      const { file } = place.typeAt
      const path = pathBeside(file, name)
      const error =
        parameter === controllerTree?.directory
          ? this.#whyNoTree(path, (given[controllerTree.exclude] ?? []) as readonly string[])
          : this.#whyNot(path, () => this.#probe(path))
      if (error === undefined) return []
      if (controllerKeeps.includes(parameter) && (error as NodeJS.ErrnoException).code === 'ENOENT') return []
      const hint = isDirectory(error)
        ? 'use copyTree for a directory'
        : isAbsolute(name)
          ? undefined
          : `'${parameter}' is relative to the directory of ${file}`
      return [unreadable(path, error, nodeAt(place, pointer).at, hint)]
    })
  }

  #whyNoTree = (path: string, exclude: readonly string[]): unknown =>
    this.#whyNot(JSON.stringify([path, exclude]), () => this.#probeTree(path, exclude))

  #whyNot(key: string, probe: () => void): unknown {
    if (!this.#reasons.has(key)) {
      let reason: unknown
      try {
        probe()
      } catch (error) {
        reason = error
      }
      this.#reasons.set(key, reason)
    }
    return this.#reasons.get(key)
  }
}

const isDirectory = (error: unknown) => (error as NodeJS.ErrnoException).code === 'EISDIR'

/** The parameters of a task type that name a file or directory of this machine. */
const filesNamedBy = ({
  controllerFiles = [],
  controllerKeeps = [],
  controllerTree,
}: TaskTypeInfo): readonly string[] => [
  ...controllerFiles,
  ...controllerKeeps,
  ...(controllerTree ? [controllerTree.directory] : []),
]

/**
 * A host that may name a file of this machine may have any of them sent to it. `registered`: names that hold what hosts
 * answered, `live`: variables that follow from facts. What a task's own variables and its loop make of those counts too.
 */
export function refuseHostsChoice(
  task: CompiledTask,
  registered: Iterable<string>,
  live: Iterable<string>,
  findings: Findings,
): void {
  const parameters = filesNamedBy(task.type)
  if (parameters.length === 0) return
  const answers = new Set(registered)
  if (answers.size > 0) answers.add('hostvars')
  for (const name of [FACTS_NAME, ...live]) answers.add(name)
  const readsOf = (part: Pick<Compiled, 'expressions'>) =>
    part.expressions.flatMap(({ needs }) => needs).find((name) => answers.has(name))
  const define = (names: readonly (string | undefined)[], part: Compiled) => {
    const fromHosts = readsOf(part) !== undefined
    for (const name of names) {
      if (name === undefined) continue
      if (fromHosts) answers.add(name)
      else answers.delete(name)
    }
  }
  for (const [name, part] of task.vars) define([name], part)
  if (task.loop) define([task.loop.as, task.loop.indexAs], task.loop.items)
  for (const parameter of parameters)
    for (const expression of task.params.fields?.get(parameter)?.expressions ?? []) {
      const source = readsOf({ expressions: [expression] })
      if (source === undefined) continue
      findings.error(
        'host-names-file',
        `'${parameter}' is a file on this machine, and '${source}' holds what a host reported`,
        expression.at(),
        source === 'hostvars'
          ? "read it in the play's 'vars', which see the inventory only"
          : "choose the file by your own variables; 'when' can use what the host reported",
      )
    }
}

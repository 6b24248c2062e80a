// The files of a group_vars/ or host_vars/ directory → variables by the group or host they are for.
import { join } from 'node:path'
import type { Findings } from '../../text/findings.ts'
import { holdsExpressions } from '../../text/authored.ts'
import { readYaml } from '../../text/readYaml.ts'
import { SourceText } from '../../text/sourceText.ts'
import { describeNode, isEmpty, placeOf } from '../../text/yamlTree.ts'
import type { SetValue } from './setValue.ts'
import type { FileAccess } from '../fileAccess.ts'
import { unreadable } from '../../text/fileTrust.ts'
import { checkVariable } from './knownVariables.ts'
import { readVariable } from './readVariable.ts'

export interface VarsFile {
  /** The file, or the directory of files, as the user would name it. */
  readonly path: string
  readonly vars: ReadonlyMap<string, SetValue>
}

/** The order in which the first one counts, as in Ansible: a directory or bare file, then these. */
const endings = ['.yml', '.yaml', '.json']
/** What editors and package managers leave beside the files. */
export const isBystander = (name: string): boolean =>
  /^\.|~$|\.(md|txt|rst|bak|orig|swp|retry|rpmsave|rpmnew|rpmorig|dpkg-\w+)$/.test(name)

export class VarsDirectories {
  readonly #files: FileAccess
  readonly #findings: Findings

  constructor(files: FileAccess, findings: Findings) {
    this.#files = files
    this.#findings = findings
  }

  /** `directory` holds the inventory or playbook; relative paths in values start there. It may be absent. */
  read(directory: string, kind: 'group_vars' | 'host_vars'): ReadonlyMap<string, VarsFile> {
    const found = new Map<string, VarsFile>()
    const path = join(directory, kind)
    if (!this.#files.stat(path)?.directory || !this.#mayUse(path, directory)) return found
    const names = new Map<string, string[]>()
    for (const entry of this.#list(path)) {
      const ending = endings.find((each) => entry.endsWith(each)) ?? ''
      const name = entry.slice(0, entry.length - ending.length)
      names.set(name, [...(names.get(name) ?? []), ending])
    }
    for (const [name, present] of names) {
      const [first = '', ...shadowed] = ['', ...endings].filter((ending) => present.includes(ending))
      const file = join(path, name + first)
      for (const ending of shadowed) {
        this.#findings.warn('shadowed-file', `${join(path, name + ending)} is not read, because ${file} is there`)
      }
      const vars = new Map<string, SetValue>()
      this.#readAll(file, directory, vars)
      found.set(name, { path: file, vars })
    }
    return found
  }

  #readAll(path: string, directory: string, vars: Map<string, SetValue>): void {
    if (!this.#files.stat(path)?.directory) return this.#readFile(path, directory, vars)
    for (const entry of this.#list(path)) this.#readAll(join(path, entry), directory, vars)
  }

  #readFile(path: string, directory: string, vars: Map<string, SetValue>): void {
    let text: string
    try {
      text = this.#files.read(path)
    } catch (error) {
      return this.#findings.add(unreadable(path, error))
    }
    const root = readYaml(new SourceText(path, text), this.#findings)
    if (!root || isEmpty(root)) return
    if (root.kind !== 'map') {
      const message = `a variables file must contain a map, not ${describeNode(root)}`
      return this.#findings.error('wrong-type', message, placeOf(root))
    }
    for (const entry of root.entries) {
      const data = readVariable(entry, directory, this.#findings)
      const set = holdsExpressions(entry.value) ? { ...data, authored: entry } : data
      checkVariable(entry.key, set, this.#findings)
      vars.set(entry.key, set)
    }
  }

  #list(path: string): string[] {
    try {
      const entries = this.#files.list(path).filter((name) => !isBystander(name))
      return entries.sort()
    } catch (error) {
      this.#findings.add(unreadable(path, error))
      return []
    }
  }

  #mayUse(path: string, beside: string): boolean {
    try {
      this.#files.checkFound(path, 'copy it and the inventory to a directory of yours', beside)
      return true
    } catch (error) {
      this.#findings.add(unreadable(path, error))
      return false
    }
  }
}

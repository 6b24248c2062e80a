// The files of a group_vars/ or host_vars/ folder → variables by the group or host they are for.
import { join } from 'node:path'
import { type Diagnostic, mistake } from '../model/diagnostic.ts'
import type { SetValue } from './draft.ts'
import { type FileAccess, othersMayWrite, whyUnreadable } from './fileAccess.ts'
import { checkVariable } from './knownVariables.ts'
import { setValue } from './parseYamlInventory.ts'
import { kindInWords, readYaml } from './readYaml.ts'
import { SourceText } from './sourceText.ts'

export interface VarsFile {
  /** The file, or the folder of files, as the user would name it. */
  readonly path: string
  readonly vars: ReadonlyMap<string, SetValue>
}

/** The order in which the first one counts, as in Ansible: a folder or bare file, then these. */
const endings = ['.yml', '.yaml', '.json']
/** What editors, packagers and people leave beside the files. */
export const isBystander = (name: string): boolean =>
  /^\.|~$|\.(md|txt|rst|bak|orig|swp|retry|rpmsave|rpmnew|rpmorig|dpkg-\w+)$/.test(name)

export class VarsFolders {
  readonly #files: FileAccess
  readonly #diagnostics: Diagnostic[]

  constructor(files: FileAccess, diagnostics: Diagnostic[]) {
    this.#files = files
    this.#diagnostics = diagnostics
  }

  /** `folder` holds the inventory or playbook; relative paths in values start there. Nothing there is fine. */
  read(folder: string, kind: 'group_vars' | 'host_vars'): ReadonlyMap<string, VarsFile> {
    const found = new Map<string, VarsFile>()
    const path = join(folder, kind)
    if (!this.#files.stat(path)?.directory || !this.#mayTrust(folder) || !this.#mayTrust(path)) return found
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
        this.#say('shadowed-file', `${join(path, name + ending)} is not read, because ${file} is there`, 'warning')
      }
      const vars = new Map<string, SetValue>()
      this.#readAll(file, folder, vars)
      found.set(name, { path: file, vars })
    }
    return found
  }

  #readAll(path: string, folder: string, vars: Map<string, SetValue>): void {
    if (!this.#files.stat(path)?.directory) return this.#readFile(path, folder, vars)
    if (!this.#mayTrust(path)) return
    for (const entry of this.#list(path)) this.#readAll(join(path, entry), folder, vars)
  }

  #readFile(path: string, folder: string, vars: Map<string, SetValue>): void {
    let text: string
    try {
      text = this.#files.read(path)
    } catch (error) {
      return this.#say('unreadable-file', `${path} cannot be read: ${whyUnreadable(error)}`)
    }
    const root = readYaml(new SourceText(path, text, folder), this.#diagnostics)
    if (!root || (root.kind === 'scalar' && root.value === null)) return
    if (root.kind !== 'map') {
      this.#diagnostics.push(mistake('wrong-type', `Variables are a map, and this is ${kindInWords(root)}`, root.at))
      return
    }
    for (const entry of root.entries) {
      const set = setValue(entry, folder)
      checkVariable(entry.key, set, this.#diagnostics)
      vars.set(entry.key, set)
    }
  }

  #list(path: string): string[] {
    try {
      const entries = this.#files.list(path).filter((name) => !isBystander(name))
      return entries.sort()
    } catch (error) {
      this.#say('unreadable-file', `${path} cannot be read: ${whyUnreadable(error)}`)
      return []
    }
  }

  #mayTrust(folder: string): boolean {
    const bad = othersMayWrite(this.#files, folder)
    if (bad) this.#diagnostics.push(untrusted(folder))
    return !bad
  }

  #say(code: string, message: string, severity: Diagnostic['severity'] = 'error'): void {
    this.#diagnostics.push({ severity, code, message })
  }
}

export const untrusted = (folder: string): Diagnostic =>
  mistake(
    'world-writable',
    `Nothing is read from ${folder}, because everybody may write there`,
    undefined,
    `Move the files, or run chmod o-w ${folder}`,
  )

// An INI inventory → hosts, groups and variables.
import { didYouMean } from '../../model/didYouMean.ts'
import type { SourceText } from '../../text/sourceText.ts'
import type { Draft, DraftGroup } from '../draft.ts'
import type { SetValue } from '../variables/setValue.ts'
import { readHostNames } from '../hostNames.ts'
import { type IniValue, readPlainValue, readSectionValue, splitWords, type Word } from './iniText.ts'
import { checkVariable } from '../variables/knownVariables.ts'
import { isAddress6 } from '../isAddress6.ts'

type Section =
  | { readonly kind: 'hosts' | 'children'; readonly group: DraftGroup }
  | { readonly kind: 'vars'; readonly name: string }
  /** Its head is wrong, so its lines are ignored. */
  | { readonly kind: 'unknown' }

/** `directory` is where relative paths in values start. */
export function parseIni(source: SourceText, directory: string, draft: Draft): void {
  let section: Section = { kind: 'hosts', group: draft.ungrouped }
  source.text.split(/\r?\n/).forEach((text, i) => {
    const content = text.trim()
    if (content === '' || content.startsWith('#') || content.startsWith(';')) return
    const line = new Line(source, directory, draft, i + 1, text)
    if (content.startsWith('[') && !isAddress(content)) section = line.readHead()
    else if (/^---(\s|$)/.test(content))
      line.say(
        'ini-yaml',
        '--- begins YAML, and this is an INI inventory',
        0,
        text.length,
        'rename the file to NAME.yml',
      )
    else if (section.kind === 'hosts') line.readHost(section.group)
    else if (section.kind === 'children') line.readChild(section.group)
    else if (section.kind === 'vars') line.readVariable(section.name)
  })
}

/** `[::1]:22` begins like a section's head. */
const isAddress = (content: string) => isAddress6(/^\[([^\]]*)\]/.exec(content)?.[1] ?? '')

class Line {
  readonly #source: SourceText
  readonly #directory: string
  readonly #draft: Draft
  readonly #number: number
  readonly #text: string

  constructor(source: SourceText, directory: string, draft: Draft, number: number, text: string) {
    this.#source = source
    this.#directory = directory
    this.#draft = draft
    this.#number = number
    this.#text = text
  }

  say(code: string, message: string, offset: number, length: number, hint?: string): void {
    this.#draft.findings.error(code, message, this.#at(offset, length), hint)
  }

  #at(offset: number, length: number) {
    return this.#source.inLine(this.#number, offset, length)
  }

  readHead(): Section {
    const match = /^\s*\[\s*([^\]:]*?)\s*(?::\s*([^\]]*?)\s*)?\]\s*(?:[#;].*)?$/.exec(this.#text)
    const start = this.#text.indexOf('[')
    const unknown: Section = { kind: 'unknown' }
    if (!match) {
      const message = 'not a section head: expected [GROUP], [GROUP:children] or [GROUP:vars]'
      this.say('bad-section', message, start, this.#text.trimEnd().length - start)
      return unknown
    }
    const [, name = '', kind] = match
    const at = this.#at(start + 1, name.length)
    if (kind === 'vars') {
      this.#draft.mentions.push({ group: name, at, as: 'variables' })
      return { kind, name }
    }
    if (kind !== undefined && kind !== 'children') {
      const near = didYouMean(kind, ['children', 'vars'])
      const hint = near ? `did you mean '[${name}:${near}]'?` : kind === 'hosts' ? `write [${name}]` : undefined
      this.say('bad-section', `unknown kind of section '${kind}'`, this.#text.lastIndexOf(kind), kind.length, hint)
      return unknown
    }
    const group = this.#draft.group(name, at)
    return group ? { kind: kind ?? 'hosts', group } : unknown
  }

  readHost(group: DraftGroup): void {
    const words = this.#words()
    const [first, ...rest] = words
    if (!first) return
    if (/^\w+=/.test(first.text)) {
      const hint = `put variables of the group into a section [${group.name === 'ungrouped' ? 'all' : group.name}:vars]`
      this.say('no-host', 'a host must come before its variables', first.offset, first.length, hint)
      return
    }
    const hosts = readHostNames(first.text)
    const vars = new Map<string, SetValue>()
    if (hosts.ok && hosts.port !== undefined) {
      const at = this.#at(first.offset, first.length)
      vars.set('ansible_port', { value: hosts.port, at, directory: this.#directory })
    }
    // Only the first word that is not an assignment is reported.
    rest.every((word) => this.#readAssignment(word, vars))
    if (hosts.ok) {
      this.#draft.addHosts(group, hosts.names, this.#at(first.offset, first.length), vars)
    } else {
      const { message, offset, length } = hosts.problem
      this.say('bad-host', message, first.offset + offset, length, hosts.hint)
    }
  }

  #words(): readonly Word[] {
    const { words, unclosed } = splitWords(this.#text)
    if (unclosed === undefined) return words
    this.say('ini-quote', 'this quote is never closed', unclosed, this.#text.length - unclosed)
    return []
  }

  #readAssignment(word: Word, vars: Map<string, SetValue>): boolean {
    const equals = word.text.indexOf('=')
    if (equals < 1) {
      const spaced = /^\s*=/.test(this.#text.slice(word.offset + word.length)) || word.text.startsWith('=')
      const hint = spaced
        ? 'remove the blanks around ='
        : 'write one host, or one node set such as crane[02-04], on each line'
      this.say('not-a-variable', `expected name=value, found '${word.text}'`, word.offset, word.length, hint)
      return false
    }
    const name = word.text.slice(0, equals)
    const text = word.text.slice(equals + 1)
    const read: IniValue = word.quotedValue ? { ok: true, value: text } : readPlainValue(name, text)
    const valueAt = Math.min(word.offset + equals + 1, word.offset + word.length - 1)
    const set = this.#set(read, word.offset, name.length, valueAt, word.offset + word.length - valueAt)
    if (!set) return true
    checkVariable(name, set, this.#draft.findings)
    const before = vars.get(name)
    if (before && before.value !== set.value) {
      const message = `'${name}' is set twice in this line, to different values`
      this.say('conflicting-host-variable', message, word.offset, word.length)
    }
    vars.set(name, set)
    return true
  }

  #set(read: IniValue, keyAt: number, keyLength: number, at: number, length: number): SetValue | undefined {
    if (!read.ok) {
      this.say(read.code, read.message, at, length, read.hint)
      return undefined
    }
    return {
      value: read.value,
      at: this.#at(at, length),
      keyAt: this.#at(keyAt, keyLength),
      directory: this.#directory,
    }
  }

  readChild(group: DraftGroup): void {
    const [child, second] = this.#words()
    if (!child) return
    if (second) {
      const hint = second.text.includes('=') ? `put variables into a section [${child.text}:vars]` : undefined
      this.say('bad-child', 'only one group is allowed on each line', second.offset, second.length, hint)
    }
    this.#draft.addChild(group, child.text, this.#at(child.offset, child.length))
  }

  readVariable(group: string): void {
    const start = this.#text.search(/\S/)
    const end = this.#text.trimEnd().length
    const equals = this.#text.indexOf('=')
    const name = this.#text.slice(start, Math.max(start, equals)).trim()
    if (name === '') {
      const colon = /^\s*\w+\s*:/.test(this.#text) ? 'write name=value: INI has no colon form' : undefined
      this.say('not-a-variable', 'expected name=value', start, end - start, colon)
      return
    }
    const value = this.#text.slice(equals + 1, end).trimStart()
    const at = value === '' ? equals : end - value.length
    const set = this.#set(readSectionValue(name, value), start, name.length, at, Math.max(1, value.length))
    if (set) this.#draft.setGroupVariable(group, name, set)
  }
}

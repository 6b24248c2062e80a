// What -i names (a file, a directory, a list of hosts, an executable) → its hosts, groups and variables.
import { basename, dirname, extname, join } from 'node:path'
import { didYouMean } from '../model/didYouMean.ts'
import { readYaml } from '../text/readYaml.ts'
import { SourceText } from '../text/sourceText.ts'
import type { Draft } from './draft.ts'
import { unreadable } from '../text/fileTrust.ts'
import type { FileAccess } from './fileAccess.ts'
import { readHostNames } from './hostNames.ts'
import { isCraneConfig, parseCraneConfig } from './formats/parseCraneConfig.ts'
import { parseIni } from './formats/parseIni.ts'
import { parseYamlInventory } from './formats/parseYamlInventory.ts'
import { isBystander } from './variables/readVarsDirectory.ts'
import { runInventory } from './formats/runInventory.ts'

export interface SourceReader {
  readonly files: FileAccess
  readonly draft: Draft
  /** How long an executable inventory may take. */
  readonly scriptDeadlineMs: number
}

/** Returns the directory whose group_vars/ and host_vars/ belong to the source; a list of hosts has none. */
export function readSource(source: string, reader: SourceReader): string | undefined {
  const { files, draft } = reader
  draft.nextSource()
  const found = files.stat(source)
  if (!found) {
    if (/[,[]/.test(source)) readList(source, draft)
    else {
      const near = nearFile(source, files)
      const one = near === undefined && /^[\w.-]+$/.test(source)
      const hint = one
        ? `to give a host instead of a file, add a comma: -i ${source},`
        : near && `did you mean '${near}'?`
      draft.findings.error('no-such-inventory', `the inventory ${source} does not exist`, undefined, hint)
    }
    return undefined
  }
  const directory = found.directory ? source : dirname(source)
  if (found.directory) readDirectory(source, reader)
  else readFile(source, reader, true)
  return directory
}

/** The file or directory beside it whose name is nearest. */
function nearFile(source: string, files: FileAccess): string | undefined {
  const directory = dirname(source)
  try {
    const near = didYouMean(basename(source), files.list(directory))
    return near === undefined ? undefined : source.slice(0, source.length - basename(source).length) + near
  } catch {
    return undefined
  }
}

function readList(source: string, draft: Draft): void {
  const at = { file: '-i', line: 1, column: 1, length: source.length, text: source }
  let offset = 0
  // Brackets hold commas of their own.
  for (const item of source.split(/,(?![^[\]]*\])/)) {
    const text = item.trim()
    const start = offset + item.indexOf(text)
    offset += item.length + 1
    if (text === '') continue
    const read = readHostNames(text)
    if (read.ok) {
      const place = { ...at, column: start + 1, length: text.length }
      const port =
        read.port === undefined ? [] : [['ansible_port', { value: read.port, at: place, directory: '.' }] as const]
      draft.addHosts(draft.ungrouped, read.names, place, new Map(port))
    } else {
      const { message, offset: inner, length } = read.problem
      draft.findings.error('bad-host', message, { ...at, column: start + inner + 1, length }, read.hint)
    }
  }
}

function readDirectory(directory: string, reader: SourceReader): void {
  const { files, draft } = reader
  let names: readonly string[]
  try {
    names = [...files.list(directory)].sort()
  } catch (error) {
    return draft.findings.add(unreadable(directory, error))
  }
  for (const name of names) {
    if (name === 'group_vars' || name === 'host_vars' || isBystander(name) || /\.(cfg|pyc)$/.test(name)) continue
    const path = join(directory, name)
    if (files.stat(path)?.directory) {
      draft.findings.warn(
        'directory-skipped',
        `${path} is not read: directories inside an inventory directory are skipped`,
        undefined,
        `to read it, add -i ${path}`,
      )
      continue
    }
    draft.nextSource()
    readFile(path, reader, false)
  }
}

function readFile(path: string, { files, draft, scriptDeadlineMs }: SourceReader, named: boolean): void {
  let text: string
  try {
    text = files.read(path)
  } catch (error) {
    return draft.findings.add(unreadable(path, error))
  }
  // Both are needed: a stray mode bit must not turn data into code.
  const mode = files.stat(path)?.mode ?? 0
  if (text.startsWith('#!') && (mode & 0o111) !== 0) {
    if (!named) {
      const hint = `to run it, add -i ${path}`
      return draft.findings.error(
        'unnamed-script',
        `${path} is executable, and an executable inventory runs only when -i names it`,
        undefined,
        hint,
      )
    }
    return runInventory(path, scriptDeadlineMs, draft)
  }
  if (text.includes('\0')) return draft.findings.error('not-text', `the inventory ${path} contains binary data`)
  const source = new SourceText(path, text)
  if (!isYaml(path, source.text)) return parseIni(source, dirname(path), draft)
  const root = readYaml(source, draft.findings)
  if (!root) return
  if (isCraneConfig(root)) parseCraneConfig(root, draft)
  else parseYamlInventory(root, dirname(path), draft)
}

/** By the name's ending; without one that says it, by whether there is a section's head or else a key with a colon. */
function isYaml(path: string, text: string): boolean {
  const ending = extname(path).toLowerCase()
  if (ending === '.yml' || ending === '.yaml' || ending === '.json') return true
  if (ending === '.ini' || /^[ \t]*\[[^\]\n]+\][ \t]*$/m.test(text)) return false
  const first = text.split('\n').find((line) => !/^\s*([#;].*)?$/.test(line)) ?? ''
  return /^(---|%YAML|\s*\{|["']?[^\s:=[\]]+["']?\s*:(\s|$))/.test(first)
}

// The pages with examples, and the files and commands that stand in them.
import { readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = new URL('../../', import.meta.url)

/** A fenced block: its language, the file that it is (` file=NAME`), its text. */
export const BLOCK = /^```(\w+)(?: file=(\S+))?\n([\s\S]*?)^```$/gm

export interface Examples {
  /** Name → text. */
  readonly files: ReadonlyMap<string, string>
  /** As typed, without the `$ `. */
  readonly commands: readonly string[]
}

export const commandsIn = (body: string): string[] =>
  body.split('\n').flatMap((line) => (line.startsWith('$ ') ? [line.slice(2)] : []))

export function examplesIn(text: string): Examples {
  const blocks = [...text.matchAll(BLOCK)]
  return {
    files: new Map(blocks.flatMap(([, , file, body = '']) => (file === undefined ? [] : [[file, body] as const]))),
    commands: blocks.flatMap(([, language, , body = '']) => (language === 'console' ? commandsIn(body) : [])),
  }
}

/** Files that neither a command nor another file of the page names, by their name or that of a folder above. */
export function unusedFiles({ files, commands }: Examples): readonly string[] {
  return [...files.keys()].filter((file) => {
    const names = file.split('/').map((_, i, parts) => parts.slice(0, i + 1).join('/'))
    const others = [...commands, ...[...files].flatMap(([other, text]) => (other === file ? [] : [text]))]
    const words = new Set(others.flatMap((text) => text.split(/[\s'"@]+/)))
    return !names.some((name) => words.has(name))
  })
}

/** Every page a user reads, from the project's root. */
const PAGES = [
  'README.md',
  ...readdirSync(new URL('docs/', root))
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name}`),
  ...readdirSync(new URL('docs/guide/', root)).map((name) => `docs/guide/${name}`),
  'CONTRIBUTING.md',
]

export const readPage = (page: string): string => readFileSync(fileURLToPath(new URL(page, root)), 'utf8')

/** Those with examples. */
export const EXAMPLE_PAGES = PAGES.filter((page) => {
  const { files, commands } = examplesIn(readPage(page))
  return files.size + commands.length > 0
})

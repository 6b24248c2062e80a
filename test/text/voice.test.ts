// Everything that people read is in one English: messages, help, pages, playbooks and comments.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, it } from 'vitest'
import { proseOf } from './prose.ts'
import { wrongDescription, wrongMessage, wrongProse, wrongWords } from './voice.ts'

const root = fileURLToPath(new URL('../..', import.meta.url))
const read = (file: string) => readFileSync(root + file, 'utf8')
/** Below a directory of the project, from its root. */
const filesIn = (directory: string, name: RegExp): readonly string[] =>
  existsSync(root + directory)
    ? readdirSync(root + directory, { recursive: true, encoding: 'utf8' })
        .map((file) => `${directory}/${file}`)
        .filter((file) => name.test(file) && !file.includes('node_modules'))
        .toSorted()
    : []

/** Their strings are summaries and descriptions of parameters: sentences. */
const DESCRIPTIONS =
  /^(?:tasks|facts)\/|Params\.ts$|\/params\.ts$|\/languageTasks\.ts$|language\/functions\/|\/keyedFile\.ts$|src\/cli\/commandLine\.ts$/

it.each(['src', 'tasks', 'facts'].flatMap((directory) => filesIn(directory, /\.ts$/)))('%s', (file) => {
  expect(wrongProse(proseOf(read(file)), !DESCRIPTIONS.test(file))).toEqual([])
})

/** Their strings are titles and other programs' text, and what the stand-ins print is recorded. */
it.each(
  ['bench', 'scripts', 'lab']
    .flatMap((directory) => filesIn(directory, /\.ts$/))
    .filter((file) => !file.startsWith('lab/stand-in/')),
)('%s', (file) => {
  expect(proseOf(read(file)).flatMap(({ text }) => wrongWords(text))).toEqual([])
})

/** Markdown without the code that it shows; what a command prints is checked, since people read that too. */
const pageText = (text: string) => text.replaceAll(/^```(?!console)\w+.*\n[\s\S]*?^```$/gm, '')

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md')),
  ...['docs', 'src', 'tasks', 'playbooks', 'lab', 'bench'].flatMap((directory) => filesIn(directory, /\.md$/)),
]
it.each(pages)('%s', (file) => {
  expect(
    pageText(read(file))
      .split('\n')
      .flatMap((line) => wrongWords(line)),
  ).toEqual([])
})

it.each(filesIn('playbooks', /\.yml$/))('%s', (file) => {
  expect(
    read(file)
      .split('\n')
      .flatMap((line) => wrongWords(line)),
  ).toEqual([])
})

describe('planted', () => {
  it.each([
    ["throw new Error('/x is no file')", '"is no "'],
    ['const x = `${path} is no valid TOML`', '"is no "'],
    ["say('x', 'this group is none')", '"is none"'],
    ["option('--become-user', 'whom to become')", '"whom"'],
    ["const state = 'as wanted'", '"as wanted"'],
    ["hint('mend the file by hand first')", '"mend"'],
    ["note('the environment cannot be told')", '"told"'],
    ['// Tells the engine.', '"Tells"'],
    ["describe('Default: who one is on the host')", '"one is on"'],
    ["say('not in this folder')", '"folder"'],
    ["say('must be a text, not a number')", '"a text"'],
    ["say('not meant: version is 2')", '"not meant"'],
    ["say('/x may not be looked at')", '"may not be looked at"'],
    ["say('somebody sits in between')", '"sits in between"'],
    ["say('x', 'The group contains itself')", 'capital'],
    ["say('x', `A bracket opens`)", 'capital'],
    ["say('x', 'the group contains itself.')", 'full stop'],
    ['/** What `x` tells. */ const y = 1', '"tells"'],
  ])('%s', (source, found) => {
    expect(wrongProse(proseOf(source), true).join()).toContain(found)
  })

  it.each([
    "say('there is no variable of that name')",
    "say('x is no longer used')",
    "say('YAML is indented with spaces')",
    "say('use `sudo -l` first')",
    "read('No such file or directory')",
    "const folder = 'directory'",
    'const map = /is no file/',
    '// What it prints.',
    "print('and 3 more...')",
  ])('%s is fine', (source) => {
    expect(wrongProse(proseOf(source), true)).toEqual([])
  })
})

it('a description is a sentence, a message is not', () => {
  expect(wrongDescription('The directory to create.')).toBe(undefined)
  expect(wrongDescription('The directory to create')).toBe('begins as a sentence and has no end')
  expect(wrongMessage('the directory to create')).toBe(undefined)
})

describe('the prose of a source', () => {
  it.each<[source: string, expected: readonly string[]]>([
    ["const a = 'b // c' // d", ['b // c', 'd']],
    ['/** a\n * b */', ['a\nb']],
    ['`a ${b(`c ${d}`)} e`', ['c …', 'a … e']],
    ["const r = /'/; f('a')", ['a']],
    ["`${x ? { a: 'b' } : ''}` // c", ['b', '', '…', 'c']],
    [String.raw`'it\'s'`, ["it's"]],
  ])('%s', (source, expected) => {
    expect(proseOf(source).map(({ text }) => text)).toEqual(expected)
  })
})

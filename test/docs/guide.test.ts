// The guide's pages: each chapter has one, each playbook is on one, and the table of sentences names what there is.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'

const root = new URL('../../', import.meta.url)
const read = (path: string) => readFileSync(new URL(path, root), 'utf8')
const PAGES = readdirSync(new URL('docs/guide/', root))
const README = read('docs/guide/README.md')
const rowsOf = (heading: string) =>
  (README.split(heading)[1] ?? '')
    .split(/^## /m)[0]!
    .split('\n')
    .filter((line) => line.startsWith('| '))
    .slice(2)
    .map((line) => line.slice(2, -2).split(' | '))

const SENTENCES = rowsOf('## The guide')

it('leads to each of its pages', () => {
  const linked = [...README.matchAll(/\]\(([a-z]+\.md)\)/g)].map(([, page]) => page)
  expect(linked.toSorted()).toEqual(PAGES.filter((page) => page !== 'README.md').toSorted())
})

it('has each playbook on a page', () => {
  const text = PAGES.map((page) => read(`docs/guide/${page}`)).join('\n')
  const playbooks = readdirSync(new URL('playbooks/', root)).filter((name) => name.endsWith('.yml'))
  expect(playbooks.filter((name) => !text.includes(`\`${name}\``))).toEqual([])
})

describe('the table of sentences', () => {
  it('says of each what does it, and what differs', () => {
    expect(SENTENCES.length).toBeGreaterThan(40)
    expect(SENTENCES.filter((cells) => cells.length !== 3 || cells.some((cell) => cell.trim() === ''))).toEqual([])
  })

  it('names task types, playbooks and files that there are', () => {
    const words = SENTENCES.flatMap(([, does = '']) => [...does.matchAll(/`([^`]+)`/g)].map(([, word = '']) => word))
    const types = words.filter((word) => /^[a-z]+[A-Z][A-Za-z]+$/.test(word))
    const files = words.filter((word) => word.endsWith('.yml')).map((word) => word.replace(/^playbooks\//, ''))
    expect(types.length).toBeGreaterThan(20)
    expect(types.filter((type) => !existsSync(new URL(`tasks/${type}.ts`, root)))).toEqual([])
    expect(files.filter((file) => !existsSync(new URL(`playbooks/${file}`, root)))).toEqual([])
  })
})

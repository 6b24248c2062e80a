// Right parameters of which some are not known before the run: whatever is hidden of them, nothing is reported.
import { expect, test } from 'vitest'
import type { TaskTypeInfo } from '../../src/model/catalogue.ts'
import { UNKNOWN_TEXT } from '../../src/model/computed.ts'
import type { Json } from '../../src/model/inventory.ts'
import { checkParams } from '../../src/playbook/check/checkParams.ts'
import { rejections } from '../../src/run/checkCases.ts'
import { Findings } from '../../src/text/findings.ts'
import { SourceText } from '../../src/text/sourceText.ts'
import { readYaml } from '../../src/text/readYaml.ts'
import { catalogue } from './catalogue.ts'

type Params = Readonly<Record<string, unknown>>

/** JSON pointers of all parts. */
const partsOf = (value: unknown, at = ''): readonly string[] =>
  typeof value === 'object' && value !== null
    ? Object.entries(value).flatMap(([key, inner]) => {
        const pointer = `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`
        return [pointer, ...partsOf(inner, pointer)]
      })
    : []

function hide(value: unknown, holes: readonly string[], at = ''): unknown {
  if (holes.includes(at)) return UNKNOWN_TEXT
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return value.map((item, i) => hide(item, holes, `${at}/${i}`))
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [
      key,
      hide(inner, holes, `${at}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`),
    ]),
  )
}

function reported(type: (typeof catalogue)[number]['type'], params: Params, holes: readonly string[]) {
  const node = readYaml(new SourceText('', JSON.stringify(params)), new Findings())
  if (!node) throw new Error('no parameters')
  const typeAt = { file: '', line: 1, column: 1, length: 1, text: '' }
  const place = { type: type as unknown as TaskTypeInfo, typeAt, node }
  return checkParams(place, hide(params, holes) as Json, holes).map(({ message }) => message)
}

test.each(catalogue)('$name', ({ type, cases }) => {
  const right = [...cases.decide, ...(cases.live ?? [])]
    .map(({ params }) => params)
    .filter((params) => rejections(type, params).length === 0)
  expect(right.length).toBeGreaterThan(0)
  for (const params of right) {
    const parts = partsOf(params)
    const top = parts.filter((part) => part.lastIndexOf('/') === 0)
    const sets = [...parts.map((part) => [part]), ...top.flatMap((a, i) => top.slice(i + 1).map((b) => [a, b])), top]
    for (const holes of sets)
      expect({ params, holes, reported: reported(type, params, holes) }).toMatchObject({ reported: [] })
  }
})

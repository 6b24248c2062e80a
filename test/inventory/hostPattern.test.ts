// Host patterns over one inventory: the hosts that each selects, and the mistakes of those that select none.
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { LIMIT, selectHosts } from '../../src/inventory/hostPattern.ts'
import { loadInventory } from '../../src/inventory/loadInventory.ts'
import type { SourceSpan } from '../../src/model/diagnostic.ts'
import { expandNodeSet } from '../../src/model/nodeSet.ts'
import { memoryFiles } from './memoryFiles.ts'
import { cases, diagnosticsOf, underlined, valueOf, shown } from './shown.ts'

const hosts = `
login
[control]
crane01
[compute]
crane[02-06]
[gpu]
crane[05-06]
[empty]
[crane:children]
control
compute
[net]
fe80::1
web-a
web-b
`
const inventory = valueOf(loadInventory({ sources: ['hosts'], files: memoryFiles({ hosts }) }))
const compute = 'crane02 crane03 crane04 crane05 crane06'
/** `all` without the groups that other groups contain, then those. */
const inGroups = 'login crane05 crane06 fe80::1 web-a web-b crane01 crane02 crane03 crane04'

const label = (pattern: string): SourceSpan => ({
  file: LIMIT,
  line: 1,
  column: 1,
  length: pattern.length,
  text: pattern,
})

describe('selectHosts', () => {
  test.each([
    ['all', inGroups],
    ['*', inGroups],
    ['compute', compute],
    ['crane03', 'crane03'],
    ['crane', `crane01 ${compute}`],
    ['ungrouped', 'login'],
    ['fe80::1', 'fe80::1'],
    ['gpu,control', 'crane05 crane06 crane01'],
    ['gpu:control', 'crane05 crane06 crane01'],
    [' gpu , control, ', 'crane05 crane06 crane01'],
    ['compute:!gpu', 'crane02 crane03 crane04'],
    ['!gpu,compute', 'crane02 crane03 crane04'],
    ['crane:&gpu', 'crane05 crane06'],
    ['&gpu', 'crane05 crane06'],
    ['!crane', 'login fe80::1 web-a web-b'],
    ['!crane,!fe80::1', 'login web-a web-b'],
    ['compute,&gpu,!crane06,login,&all', 'crane05'],
    ['compute:&gpu:!crane06', 'crane05'],
    ['compute,control:!gpu', 'crane02 crane03 crane04 crane01'],
    ['compute, ! gpu', 'crane02 crane03 crane04'],
    ['empty,login', 'login'],
    ['crane[02-04]', 'crane02 crane03 crane04'],
    ['crane[02-04,06]', 'crane02 crane03 crane04 crane06'],
    ['crane[02:04]', 'crane02 crane03 crane04'],
    ['crane[02:06:2]', 'crane02 crane04 crane06'],
    ['crane[02:04]:login', 'crane02 crane03 crane04 login'],
    ['crane[02-03],!crane[03-06]', 'crane02'],
    ['crane*', `crane01 ${compute}`],
    ['crane0?', `crane01 ${compute}`],
    ['*a', 'web-a'],
    ['c*', `crane01 ${compute}`],
    ['web-[ab]', 'web-a web-b'],
    ['web-[!a]', 'web-b'],
    ['g?u', 'crane05 crane06'],
    ['~crane0[12]', 'crane01 crane02'],
    ['~web', 'web-a web-b'],
    ['~(?:web|login):!web-a', 'login web-b'],
    ['compute[0]', 'crane02'],
    ['compute[-1]', 'crane06'],
    ['compute[1:2]', 'crane03 crane04'],
    ['compute[3:]', 'crane05 crane06'],
    ['compute[:2]', 'crane02 crane03'],
    ['compute[-5]', 'crane02'],
    ['compute[3:9]', 'crane05 crane06'],
    ['compute[0:0]', 'crane02'],
    ['compute[:]', compute],
    ['crane[1:2]', 'crane02 crane03'],
    ['crane[01-02]', 'crane01 crane02'],
    ['crane*[0]', 'crane01'],
    ['login[0]', 'login'],
    ['compute[0]:gpu[1],login', 'crane02 crane06 login'],
    ['all[0]', 'login'],
    ['crane[0]', 'crane01'],
    ['crane[01:02]', 'crane01 crane02'],
    ['@gpu', 'crane05 crane06'],
  ])('%s', (pattern, expected) => {
    expect(valueOf(selectHosts(pattern, inventory, label(pattern))).join(' ')).toBe(expected)
    expect(valueOf(selectHosts(pattern, inventory)).join(' ')).toBe(expected)
  })

  test.each(
    cases(String.raw`
comptue  =>  1:1+7 unknown-host no host or group is called 'comptue'; did you mean 'compute'?
gpu,!craen03  =>  1:6+7 unknown-host no host or group is called 'craen03'; did you mean 'crane03'?
all:!nobody-here  =>  1:6+11 unknown-host no host or group is called 'nobody-here'
login,crane[04-09]  =>  1:7+12 unknown-host no host or group is called 'crane[07-09]'
crane[08-09]  =>  1:1+12 unknown-host no host or group is called 'crane[08-09]'
gpu, x*  =>  1:6+2 unknown-host no host or group is called 'x*'
~x  =>  1:1+2 unknown-host no host or group is called '~x'
gpu,~(  =>  1:5+2 bad-host-pattern Invalid regular expression: /^(?:()/: Unterminated group
crane[04-02]  =>  1:7+5 bad-host-pattern the range '04-02' runs backwards
crane[02-04  =>  1:6+6 bad-host-pattern this bracket is never closed
compute[9]  =>  1:8+3 bad-host-pattern 'compute' has 5 hosts, none at [9]
compute[-6]  =>  1:8+4 bad-host-pattern 'compute' has 5 hosts, none at [-6]
compute[-2:]  =>  1:8+5 bad-host-pattern a range of positions cannot have a negative end; write 'compute[3:]'
compute[0:-2]  =>  1:8+6 bad-host-pattern a range of positions cannot have a negative end; write 'compute[0:3]'
compute[3:1]  =>  1:8+5 bad-host-pattern 'compute' has 5 hosts, none at [3:1]
compute[:0]  =>  1:8+4 bad-host-pattern 'compute' has 5 hosts, none at [:0]
compute[5:]  =>  1:8+4 bad-host-pattern 'compute' has 5 hosts, none at [5:]
empty[0]  =>  1:6+3 bad-host-pattern 'empty' has 0 hosts, none at [0]
crane[1-2]  =>  1:1+10 unknown-host no host or group is called 'crane[1-2]'
localhost  =>  1:1+9 unknown-host no host or group is called 'localhost'; add it to the inventory: 'localhost ansible_connection=local'
empty  =>  1:1+5 no-host-matched no host matches 'empty'
compute:!crane  =>  1:1+14 no-host-matched no host matches 'compute:!crane'
␣  =>  1:1+1 bad-host-pattern the host pattern is empty; use all to select every host
,:  =>  1:1+2 bad-host-pattern the host pattern is empty; use all to select every host
`),
  )('%s', (pattern, expected) => {
    expect(shown(selectHosts(pattern, inventory, label(pattern)))).toBe(expected)
  })

  test('the unknown part of a range is named', () => {
    const [found] = diagnosticsOf(selectHosts('crane[04-09]', inventory))
    expect(found?.message).toBe("no host or group is called 'crane[07-09]'")
    expect(found?.at).toBeUndefined()
  })

  test('all unknown terms come at once', () => {
    const pattern = 'abc:!defg:crane01'
    const found = diagnosticsOf(selectHosts(pattern, inventory, label(pattern)))
    expect(found.map(underlined)).toEqual(['abc', 'defg'])
  })

  test('a term is found in a quoted pattern of a playbook', () => {
    const at: SourceSpan = { file: 'play.yml', line: 3, column: 12, length: 12, text: '    hosts: "gpu,comptue"' }
    const [found] = diagnosticsOf(selectHosts('gpu,comptue', inventory, at))
    expect(found?.at).toMatchObject({ file: 'play.yml', line: 3, column: 17, length: 7 })
  })

  test('excluding what was selected leaves none, for every pattern of names', () => {
    const names = fc.subarray([...inventory.hosts.keys()], { minLength: 1 })
    fc.assert(
      fc.property(names, (list) => {
        expect(valueOf(selectHosts(list.toReversed().join(','), inventory))).toEqual(list.toReversed())
        expect(selectHosts(`${list.join(',')},${list.map((name) => `!${name}`).join(',')}`, inventory).ok).toBe(false)
      }),
    )
  })

  test('any text selects hosts or gives mistakes that point into it', () => {
    const piece = fc.constantFrom(
      'crane',
      '0',
      '1',
      '[',
      ']',
      ':',
      ',',
      '&',
      '!',
      '~',
      '*',
      '?',
      '-',
      '(',
      '@',
      ' ',
      'gpu',
    )
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const pattern = pieces.join('')
        const result = selectHosts(pattern, inventory, label(pattern), memoryFiles({}))
        if (result.ok) expect(result.value.length).toBeGreaterThan(0)
        else {
          expect(result.diagnostics.length).toBeGreaterThan(0)
          for (const { at } of result.diagnostics) {
            expect(at!.length).toBeGreaterThanOrEqual(Math.min(1, pattern.length))
            expect(at!.column - 1 + at!.length).toBeLessThanOrEqual(Math.max(1, pattern.length))
          }
        }
      }),
      { numRuns: 2000 },
    )
  })
})

describe('--limit @FILE', () => {
  const files = memoryFiles({
    failed: '# since yesterday\ncrane02\r\n\n  crane[04-05] \n',
    bad: 'crane02\ngpu,nowhere\n',
    none: '\n',
  })
  const limit = (pattern: string) => selectHosts(pattern, inventory, label(pattern), files)

  test.each([
    ['@failed', 'crane02 crane04 crane05'],
    ['@failed,login', 'crane02 crane04 crane05 login'],
    ['@failed:!gpu', 'crane02 crane04'],
  ])('%s', (pattern, expected) => {
    expect(valueOf(limit(pattern)).join(' ')).toBe(expected)
  })

  test.each([
    ['@nowhere', 'unreadable-file', LIMIT, '@nowhere'],
    ['@none', 'bad-host-pattern', LIMIT, '@none'],
    ['@bad', 'unknown-host', 'bad', 'nowhere'],
  ])('%s is a mistake', (pattern, code, file, marked) => {
    const found = diagnosticsOf(limit(pattern))
    expect(found.map((each) => [each.code, each.at?.file, underlined(each)])).toEqual([[code, file, marked]])
  })

  test('a file that names itself is not followed', () => {
    const result = selectHosts('@loop', inventory, label('@loop'), memoryFiles({ loop: '@loop' }))
    expect(diagnosticsOf(result)).toMatchObject([{ code: 'unknown-host', at: { file: 'loop', line: 1 } }])
  })

  test('a playbook cannot name files', () => {
    const at: SourceSpan = { ...label('@failed'), file: 'play.yml' }
    expect(diagnosticsOf(selectHosts('@failed', inventory, at, files))).toMatchObject([{ code: 'unknown-host' }])
  })
})

test('in ten thousand hosts', () => {
  const many = valueOf(loadInventory({ sources: ['n[0001-9999],n10000'], files: memoryFiles({}) }))
  const expected = expandNodeSet('n[0001-0500]')
  expect(selectHosts('n[0001-5000],!n[0501-9999]', many)).toMatchObject({ value: expected.ok && expected.names })
})

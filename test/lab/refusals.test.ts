// What the lab refuses before it starts or changes anything, and the sentence it says.
import { describe, expect, test } from 'vitest'
import { labName, projectRoot } from '../../lab/labName.ts'
import { requireFree } from '../../lab/labUp.ts'
import { findHost, freeNumber, type LabState, requireOwn } from '../../lab/labState.ts'
import { LabProblem, requireRootOnLinux } from '../../lab/machine.ts'
import { hostCount } from '../../lab/names.ts'

const running: LabState = {
  version: 2,
  name: 'mine',
  number: 0,
  owner: '/home/me/crane-play',
  disks: '/var/cache/hosts',
  image: 'i',
  code: 'c',
  containerd: '1.7',
  runtime: 'containerd',
  bareConfig: false,
  rpm: [],
  gpus: {},
  size: 2,
  hosts: ['crane01', 'crane02'].map((name) => ({ name, address: '10.77.0.11', launcher: 1, pid: 2 })),
}

test.each<[what: string, refused: () => unknown, sentence: RegExp]>([
  ['no host', () => hostCount('0'), /^a lab has 1 to 32 hosts, not '0'$/],
  ['too many hosts', () => hostCount('33'), /^a lab has 1 to 32 hosts, not '33'$/],
  ['a word for a number', () => hostCount('abc'), /^a lab has 1 to 32 hosts, not 'abc'$/],
  ['half a host', () => hostCount(2.5), /^a lab has 1 to 32 hosts, not 2\.5$/],
  [
    'a host that is not there',
    () => findHost(running, 'crane9'),
    /^lab mine has no host 'crane9'; it has crane01 crane02$/,
  ],
  ['no lab', () => requireOwn('mine', undefined, '/x'), /^lab mine is not up: start it with `npm run lab -- up`$/],
  ['a name that is a path', () => labName('../x'), /^'\.\.\/x' is not a name for a lab/],
  ['a name that is too long', () => labName('x'.repeat(32)), /is not a name for a lab/],
  [
    'a machine full of labs',
    () =>
      freeNumber(
        Array.from({ length: 256 }, (_, number) => ({ number })),
        [],
      ),
    /^all networks from 10\.77\.0\.0\/24/,
  ],
  [
    'the lab of another checkout',
    () => requireOwn('mine', running, '/x'),
    /^lab mine belongs to \/home\/me\/crane-play/,
  ],
  [
    'a lab that another checkout is running',
    () => requireFree({ ...running, owner: projectRoot }, false, '/x', () => true),
    /^lab mine of .* is up with 2 host\(s\): choose another --name, .* --take-over` here$/,
  ],
  [
    'another system',
    () => requireRootOnLinux({ platform: 'darwin', getuid: () => 0 }),
    /^the lab boots Linux hosts .* this is darwin$/,
  ],
  ['a system without users', () => requireRootOnLinux({ platform: 'win32' }), /this is win32$/],
  ['another user', () => requireRootOnLinux({ platform: 'linux', getuid: () => 1000 }), /must run as root/],
])('%s', (_what, refused, sentence) => {
  expect(refused).toThrow(LabProblem)
  expect(refused).toThrow(sentence)
})

describe('a lab of this name is replaced', () => {
  test.each<[when: string, state: LabState | undefined, takeOver: boolean, isUp: boolean]>([
    ['there is none', undefined, false, true],
    ['it is the own one', { ...running, owner: '/x' }, false, true],
    ['the checkout that started it is gone', { ...running, owner: '/nowhere' }, false, true],
    ['none of its hosts is up', { ...running, owner: projectRoot }, false, false],
    ['--take-over asks for it', { ...running, owner: projectRoot }, true, true],
  ])('when %s', (_when, state, takeOver, isUp) => {
    expect(() => requireFree(state, takeOver, '/x', () => isUp)).not.toThrow()
  })
})

describe('what is right is taken', () => {
  test.each([
    ['1', 1],
    ['32', 32],
    [4, 4],
  ])('%j hosts', (asked, count) => {
    expect(hostCount(asked)).toBe(count)
  })

  test('root on Linux, the own lab, and a host of it', () => {
    expect(() => requireRootOnLinux({ platform: 'linux', getuid: () => 0 })).not.toThrow()
    expect(findHost(requireOwn('mine', running, running.owner), 'crane02').name).toBe('crane02')
  })
})

// What the lab refuses before it starts or changes anything, and the sentence it says.
import { describe, expect, test } from 'vitest'
import { findHost, type LabState, requireOwn } from '../../lab/labState.ts'
import { LabProblem, requireRootOnLinux } from '../../lab/machine.ts'
import { hostCount } from '../../lab/names.ts'

const running: LabState = {
  version: 1,
  owner: '/home/me/crane-play',
  disks: '/var/cache/hosts',
  image: 'i',
  code: 'c',
  containerd: '1.7',
  bareConfig: false,
  size: 2,
  hosts: ['crane01', 'crane02'].map((name) => ({ name, address: '10.77.0.11', launcher: 1, pid: 2 })),
}

test.each<[what: string, refused: () => unknown, sentence: RegExp]>([
  ['no host', () => hostCount('0'), /^A lab has 1 to 32 hosts, not '0'\.$/],
  ['too many hosts', () => hostCount('33'), /^A lab has 1 to 32 hosts, not '33'\.$/],
  ['a word for a number', () => hostCount('abc'), /^A lab has 1 to 32 hosts, not 'abc'\.$/],
  ['half a host', () => hostCount(2.5), /^A lab has 1 to 32 hosts, not 2\.5\.$/],
  [
    'a host that is not there',
    () => findHost(running, 'crane9'),
    /^The lab has no host 'crane9'; it has crane01 crane02\.$/,
  ],
  ['no lab', () => requireOwn(undefined, '/x'), /^No lab is up; start one with `npm run lab -- up`\.$/],
  [
    'the lab of another checkout',
    () => requireOwn(running, '/x'),
    /^The lab that is up belongs to \/home\/me\/crane-play/,
  ],
  [
    'another system',
    () => requireRootOnLinux({ platform: 'darwin', getuid: () => 0 }),
    /^The lab boots Linux hosts .* this is darwin\.$/,
  ],
  ['a system without users', () => requireRootOnLinux({ platform: 'win32' }), /this is win32\.$/],
  ['another user', () => requireRootOnLinux({ platform: 'linux', getuid: () => 1000 }), /must run as root/],
])('%s', (_what, refused, sentence) => {
  expect(refused).toThrow(LabProblem)
  expect(refused).toThrow(sentence)
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
    expect(findHost(requireOwn(running, running.owner), 'crane02').name).toBe('crane02')
  })
})

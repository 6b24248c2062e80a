// One number, one meaning.
import { describe, expect, test } from 'vitest'
import type { HostCounts } from '../../src/model/runEvent.ts'
import { exitStatus, exitStatusHelp, signalStatus } from '../../src/cli/exitStatus.ts'
import { NO_COUNTS } from '../report/runEvents.ts'

const recap = (...hosts: Partial<HostCounts>[]) => ({
  recap: Object.fromEntries(hosts.map((counts, i) => [`crane0${i + 1}`, { ...NO_COUNTS, ...counts }])),
})

describe('a run that ended', () => {
  test.each<[string, Partial<HostCounts>[], normally: number, detailed: number]>([
    ['no host', [], 0, 0],
    ['all unchanged', [{ ok: 3 }, { ok: 2, skipped: 1 }], 0, 0],
    ['something changed', [{ ok: 3 }, { ok: 2, changed: 1 }], 0, 3],
    ['something would change, in check mode or by check_mode: true', [{ ok: 2, changed: 1, predicted: 1 }], 0, 3],
    ['only undecided, in check mode', [{ ok: 1, undecided: 1 }], 0, 3],
    ['a failure that is ignored', [{ ok: 1, ignored: 1 }], 0, 0],
    ['a failure that is ignored, of a loop that changed something', [{ ignored: 1, changed: 1 }], 0, 3],
    ['one failed', [{ ok: 3 }, { failed: 1 }], 2, 2],
    ['one failed, others changed', [{ changed: 3 }, { failed: 1 }], 2, 2],
    ['one unreachable', [{ ok: 3 }, { unreachable: 1 }], 4, 4],
    ['one unreachable, others changed', [{ changed: 3 }, { unreachable: 1 }], 4, 4],
    ['one failed, one unreachable', [{ unreachable: 1 }, { failed: 1 }], 2, 2],
  ])('%s', (_case, hosts, normally, detailed) => {
    expect(exitStatus(recap(...hosts), { detailedExitcode: false })).toBe(normally)
    expect(exitStatus(recap(...hosts), { detailedExitcode: true })).toBe(detailed)
  })
})

test.each([
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
])('interrupted by %s: %i, whatever became of the hosts', (signal, status) => {
  expect(signalStatus(signal)).toBe(status)
  for (const ended of [recap({ ok: 1 }), recap({ failed: 1 }), undefined]) {
    expect(exitStatus(ended, { detailedExitcode: true, signal })).toBe(status)
  }
})

test('a run that never said how it ended is a bug', () => {
  expect(exitStatus(undefined, { detailedExitcode: false })).toBe(70)
})

test('the help names each status', () => {
  for (const status of [0, 1, 2, 3, 4, 70, 129, 130, 143])
    expect(exitStatusHelp()).toMatch(new RegExp(`^  ${status} +\\S`, 'm'))
})

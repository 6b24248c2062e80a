// What the host says of the processes that were to be ended.
import { expect, test } from 'vitest'
import type { Cancelled } from '../../src/transport/session.ts'
import { stopResult, stopScript } from '../../src/transport/shell/stopScript.ts'

const said = (stdout: string) => ({ ran: true, stdout: Buffer.from(stdout), stderr: '', status: 0, dropped: 0 })

const UNKNOWN: Cancelled = { state: 'unknown', why: 'the host did not say whether the processes are gone' }

test.each<[answer: string, Cancelled]>([
  ['gone\n', { state: 'stopped' }],
  ['left 4711 \n', { state: 'still-running', pid: 4711 }],
  ['left 4711 4712 4800 \n', { state: 'still-running', pid: 4711 }],
  ['left \n', UNKNOWN],
  ['left 0\n', UNKNOWN],
  ['left everything\n', UNKNOWN],
  ['', UNKNOWN],
  ['nothing of the kind\n', UNKNOWN],
])('%j', (answer, result) => {
  expect(stopResult(said(answer))).toEqual(result)
})

test('no answer at all', () => {
  expect(stopResult(undefined)).toEqual(UNKNOWN)
})

test('the script has the process, its group, and the grace in tenths of a second, rounded up', () => {
  expect(stopScript({ pid: 12, group: 0, mark: 'ab.1.' }, 250)).toMatch(/^shell=12 group=0 mark=ab.1. grace=3\n/)
})

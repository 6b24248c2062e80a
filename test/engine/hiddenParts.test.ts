// What a task with `diff: false` reads and writes stays out of the traces of -vvv.
import { expect, test } from 'vitest'
import { ProbeBatch, probeScript } from '../../src/engine/observe/probeBatch.ts'
import { commandOutput } from '../../src/task/probes/commandOutput.ts'
import { textFile } from '../../src/task/probes/file.ts'
import { readableRequest } from '../../src/transport/shell/requestText.ts'

test.each([
  ['hidden from the start', [true, false]],
  ['hidden by a later task', [false, true]],
])('one part asks for all files, and is %s', (_case, hidden) => {
  const batch = new ProbeBatch()
  batch.add(commandOutput('echo seen'))
  for (const each of hidden) batch.add(textFile('/etc/private'), each)
  batch.add(textFile('/etc/other'), false)
  const script = probeScript(batch, 1000)
  expect(script.parts.map((part) => part.hidden ?? false)).toEqual([false, true])
  const shown = readableRequest({ parts: script.parts, deadlineMs: 1000 }, new Map())
  expect(shown).toContain('echo seen')
  expect(shown).not.toContain('/etc/private')
  expect(shown).toContain('# not shown: it is for a task with diff: false')
})

test('without such a task everything is shown', () => {
  const batch = new ProbeBatch()
  batch.add(textFile('/etc/other'))
  expect(readableRequest(probeScript(batch, 1000), new Map())).toContain('/etc/other')
})

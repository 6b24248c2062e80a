// JSON Lines are the events themselves, safe to look at on a terminal.
import { expect, test } from 'vitest'
import { jsonlReporter } from '../../src/report/jsonlReporter.ts'
import { tell } from './runEvents.ts'

test('each line is one event, in order, and nothing else is written', async () => {
  const events = tell({
    hosts: ['crane02'],
    plays: [{ name: 'p\u001b[2J', tasks: [{ name: 'a\u009b\nb', results: { crane02: { outcome: 'ok' } } }] }],
  })
  let out = ''
  let err = ''
  const reporter = jsonlReporter({ out: (text) => void (out += text), err: (text) => void (err += text) })
  for (const event of events) reporter.event(event)
  await reporter.end()
  reporter.leave()
  const lines = out.split('\n')
  expect(lines.pop()).toBe('')
  expect(lines.map((line) => JSON.parse(line))).toEqual(events)
  expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/)
  expect(err).toBe('')
})

// A bug report shows where the program failed, and no secret that its message carries.
import { expect, test } from 'vitest'
import { bugReport, hideInBugReports } from '../../src/cli/bugReport.ts'

test('secrets in a message stay out of it, in every form', () => {
  hideInBugReports(["it's-a-secret"])
  const report = bugReport(new Error(`cannot parse {"password":"it's-a-secret"} in 'it'\\''s-a-secret'`), '1.0')
  expect(report).toContain(`Error: cannot parse {"password":"[hidden]"} in '[hidden]'`)
  expect(report).toContain('bugReport.test.ts')
  expect(report).not.toContain('s-a-secret')
})

// `crane-play test-tasks DIR`: checks a site's task types against their schemas and cases, without a host.
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import type { TaskType } from '../task/defineTask.ts'
import { checkCases } from '../run/checkCases.ts'
import { loadTaskTypes } from '../run/loadTaskTypes.ts'
import { importModule, loadMistake } from '../run/siteModule.ts'
import type { Subcommand } from './subcommand.ts'

export const testTasks: Subcommand['run'] = async ([directory = ''], { sink, fail, tell }) => {
  const product = await loadTaskTypes([])
  const loaded = await loadTaskTypes([directory])
  if (!loaded.ok || !product.ok) {
    await tell(loaded.ok ? [] : loaded.diagnostics)
    return 1
  }
  let wrong = 0
  for (const [name, type] of loaded.value) {
    if (product.value.has(name)) continue
    const problems = await problemsOf(type, join(directory, `${name}.cases.ts`))
    sink.out(problems.length === 0 ? `ok      ${name}\n` : `failed  ${name}\n`)
    for (const problem of problems) sink.out(`  ${problem}\n`)
    if (problems.length > 0) wrong++
  }
  return wrong === 0 ? 0 : fail(`${wrong} task type${wrong === 1 ? '' : 's'} failed`, 'fix the type or its cases')
}

/** One line each, beginning with the file. */
async function problemsOf(type: TaskType, file: string): Promise<readonly string[]> {
  if (!existsSync(file)) return [`${file}: the file is missing`]
  let cases: unknown
  try {
    cases = await importModule(file)
  } catch (error) {
    const { at, message } = loadMistake(file, error)
    return [at ? `${file}:${at.line}:${at.column}: ${message}` : message]
  }
  return checkCases(type, cases).map((problem) => `${file}: ${problem}`)
}

// `crane-play test-tasks DIR`: checks a site's task types against their schemas and cases, without a host.
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { checkCases } from '../run/checkCases.ts'
import { importModule, loadTaskTypes } from '../run/loadTaskTypes.ts'
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
    const file = join(directory, `${name}.cases.ts`)
    const problems = existsSync(file)
      ? await importModule(resolve(file)).then(
          (cases) => checkCases(type, cases),
          (error) => [`cannot be loaded: ${error instanceof Error ? error.message : String(error)}`],
        )
      : ['the file is missing']
    sink.out(problems.length === 0 ? `ok      ${name}\n` : `failed  ${name}\n`)
    for (const problem of problems) sink.out(`  ${file}: ${problem}\n`)
    if (problems.length > 0) wrong++
  }
  return wrong === 0 ? 0 : fail(`${wrong} task type${wrong === 1 ? '' : 's'} failed`, 'fix the type or its cases')
}

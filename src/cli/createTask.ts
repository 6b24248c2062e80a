// `crane-play create-task DIR NAME`: writes a working task type and its cases for you to fill in.
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { newTaskType } from '../run/newTaskType.ts'
import type { Subcommand } from './subcommand.ts'

export const createTask: Subcommand['run'] = async ([directory = '', name = ''], { sink, fail }) => {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    return fail(`'${name}' is not a name for a task type`, 'use letters and digits in camel case, such as mountShare')
  }
  const files = newTaskType(name).map(({ name: file, text }) => ({ path: join(directory, file), text }))
  const there = files.find(({ path }) => existsSync(path))
  if (there) return fail(`'${there.path}' exists already`, 'choose another name, or remove the file first')
  mkdirSync(directory, { recursive: true })
  for (const { path, text } of files) {
    writeFileSync(path, text)
    sink.out(`created ${path}\n`)
  }
  sink.out(`check it with \`crane-play test-tasks ${directory}\`, use it with \`--tasks ${directory}\`\n`)
  return 0
}

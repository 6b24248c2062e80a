// `crane-play create-task DIR NAME`: writes a working task type and its cases for you to fill in.
import { closeSync, existsSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { whyUnreadable } from '../model/namedFile.ts'
import { makeOwnDirectory, openOwnFile } from '../model/ownFile.ts'
import { escapeLine } from '../report/escapeControl.ts'
import { newTaskType } from '../run/newTaskType.ts'
import { ownPackage } from '../run/packageRoot.ts'
import type { Subcommand } from './subcommand.ts'

export const createTask: Subcommand['run'] = async ([directory = '', name = ''], { sink, fail }) => {
  if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
    return fail(`'${name}' is not a name for a task type`, 'use letters and digits in camel case, such as mountShare')
  }
  const files = newTaskType(name).map(({ name: file, text }) => ({ path: join(directory, file), text }))
  if (existsSync(join(ownPackage().root, 'tasks', `${name}.ts`)))
    return fail(`there is already a task type '${name}'`, 'choose another name')
  const there = files.find(({ path }) => existsSync(path))
  if (there) return fail(`'${there.path}' exists already`, 'choose another name, or remove the file first')
  for (const { path, text } of files) {
    try {
      makeOwnDirectory(path, 0o777)
      const file = openOwnFile(path, { how: 'new', mode: 0o666 })
      writeSync(file, text)
      closeSync(file)
    } catch (error) {
      return fail(`cannot write '${path}': ${whyUnreadable(error)}`, 'name a directory that only you can write to')
    }
    sink.out(`created ${escapeLine(path)}\n`)
  }
  const shown = escapeLine(directory)
  sink.out(`check it with \`crane-play test-tasks ${shown}\`, use it with \`--tasks ${shown}\`\n`)
  return 0
}

// Finds the task types: the product's own, one file each, and those in directories that the user named.
import { readdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { type Checked, checked, type Diagnostic, mistake, mistaken } from '../model/diagnostic.ts'
import { diskTrust, unreadable } from '../text/fileTrust.ts'
import type { TaskType } from '../task/defineTask.ts'
import { ownPackage } from './packageRoot.ts'

const TASK_FILE = /^([A-Za-z][A-Za-z0-9]*)\.(?:ts|mts|js|mjs)$/

/** All task types by name. Adding one is adding a file: there is no list of them. */
export async function loadTaskTypes(directories: readonly string[]): Promise<Checked<ReadonlyMap<string, TaskType>>> {
  const found: [string, TaskType][] = await Promise.all(
    // The bundler reads the pattern and takes in every file that it may mean.
    taskFiles(join(ownPackage().root, 'tasks')).map(async ({ name }) => [
      name,
      (await import(`../../tasks/${name}.ts`)).default,
    ]),
  )
  const types = new Map(found)
  const mistakes: Diagnostic[] = []
  for (const directory of directories) mistakes.push(...(await addDirectory(directory, types)))
  return mistakes.length > 0 ? mistaken(mistakes) : checked(types)
}

interface TaskFile {
  readonly name: string
  readonly path: string
}

function taskFiles(directory: string): TaskFile[] {
  return readdirSync(directory)
    .sort()
    .flatMap((file) => {
      const name = TASK_FILE.exec(file)?.[1]
      return name === undefined ? [] : [{ name, path: join(directory, file) }]
    })
}

async function addDirectory(directory: string, types: Map<string, TaskType>): Promise<Diagnostic[]> {
  let files: TaskFile[]
  try {
    const trust = diskTrust()
    trust.check(directory)
    files = taskFiles(directory)
    for (const { path } of files) trust.check(path)
  } catch (error) {
    return [unreadable(directory, error)]
  }
  if (files.length === 0) {
    const hint = 'each task type is one file named after it, such as mountShare.ts'
    return [mistake('no-task-types', `--tasks ${directory}: no task type in this directory`, undefined, hint)]
  }
  const mistakes: Diagnostic[] = []
  for (const { name, path } of files) {
    try {
      const type = await importModule(resolve(path))
      const problem = problemOf(name, type, types)
      if (problem) mistakes.push(mistake('bad-task-type', `${path} ${problem}`))
      else types.set(name, type as TaskType)
    } catch (error) {
      mistakes.push(mistake('unloadable-task-type', `${path} cannot be loaded: ${messageOf(error)}`))
    }
  }
  return mistakes
}

/**
 * The default export of a user's file. It may be TypeScript, so it is compiled as it is loaded; its `crane-play/task`
 * and `crane-play/container` are our own.
 * @param path absolute
 */
export async function importModule(path: string): Promise<unknown> {
  const { createJiti } = await import('jiti')
  const virtualModules = {
    'crane-play/task': await import('../task/index.ts'),
    'crane-play/container': await import('../container/index.ts'),
  }
  const jiti = createJiti(import.meta.url, { virtualModules, interopDefault: false, fsCache: false })
  return jiti.import<unknown>(path, { default: true })
}

/** Half a sentence to follow the file's name, or undefined. */
function problemOf(name: string, type: unknown, types: ReadonlyMap<string, TaskType>): string | undefined {
  const given = type as Partial<TaskType> | null | undefined
  if (typeof given?.decide !== 'function' || typeof given.observe !== 'function' || !given.params) {
    return 'does not export what defineTask returns as its default'
  }
  if (given.name !== name) return `defines a task type named ${String(given.name)}: file and name must be the same`
  return types.has(name) ? `defines ${name}, and there is already a task type ${name}` : undefined
}

const messageOf = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).replace(/\n.*/s, '')

// Finds the task types: the product's own, one file each, and those in directories that the user named.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { guardTaskType } from '../engine/perform/guardTaskType.ts'
import type { JsonSchema } from '../model/catalogue.ts'
import { type Checked, checked, type Diagnostic, mistake, mistaken } from '../model/diagnostic.ts'
import { diskTrust, unreadable } from '../text/fileTrust.ts'
import type { TaskType } from '../task/defineTask.ts'
import { ownPackage } from './packageRoot.ts'
import { importModule, loadMistake } from './siteModule.ts'

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
      const type = await importModule(path)
      const problem = problemOf(name, type, types) ?? (await schemaProblem((type as TaskType).params))
      if (problem) mistakes.push(mistake('bad-task-type', `${path} ${problem}`))
      else types.set(name, guardTaskType(type as TaskType))
    } catch (error) {
      mistakes.push(loadMistake(path, error))
    }
  }
  return mistakes
}

/** The schemas of the product are right; a site's are compiled with the meta-schema, which names a keyword's wrong value. */
async function schemaProblem(schema: JsonSchema): Promise<string | undefined> {
  const { Ajv2020 } = await import('ajv/dist/2020.js')
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false })
  return ajv.validateSchema(schema) === true
    ? undefined
    : `has a wrong schema in \`params\`: ${ajv.errorsText(ajv.errors, { dataVar: 'params' })}`
}

/** Half a sentence to follow the file's name, or undefined. */
function problemOf(name: string, type: unknown, types: ReadonlyMap<string, TaskType>): string | undefined {
  const given = type as Partial<TaskType> | null | undefined
  if (typeof given?.decide !== 'function' || typeof given.observe !== 'function' || !given.params) {
    return 'does not export what defineTask returns as its default'
  }
  const schema = given.params as { readonly type?: unknown; readonly properties?: unknown }
  if (schema.type !== 'object' || typeof schema.properties !== 'object')
    return 'has `params` that are not Type.Object({ … })'
  if (given.name !== name) return `defines a task type named ${String(given.name)}: file and name must be the same`
  return types.has(name) ? `defines ${name}, and there is already a task type ${name}` : undefined
}

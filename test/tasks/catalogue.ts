// All task types with their cases: found in tasks/, so that one without cases fails the tests.
import { readdirSync } from 'node:fs'
import type { TaskType } from 'crane-play/task'
import type { TaskCases } from './kit.ts'

const names = readdirSync(new URL('../../tasks/', import.meta.url))
  .filter((file) => file.endsWith('.ts'))
  .map((file) => file.slice(0, -3))

export const catalogue = await Promise.all(
  names.map(async (name) => {
    const { default: type } = (await import(`../../tasks/${name}.ts`)) as { default: TaskType }
    const { default: cases } = (await import(`./${name}.cases.ts`)) as { default: TaskCases }
    return { name, type, cases }
  }),
)

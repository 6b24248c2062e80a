// The types of what the engine fills in: results of tasks, and what failed.
import type { TaskTypeInfo } from '../../model/catalogue.ts'
import {
  ANY,
  BOOLEAN,
  INTEGER,
  listOf,
  MAP,
  recordOf,
  schemaFields,
  TEXT,
  type ValueType,
} from '../../language/valueType.ts'

/** What a rescue reads of the failure before it: a `FailureFacts`. */
export const FAILURE_TYPE: ValueType = recordOf('failure', { task: TEXT, cause: TEXT, hint: TEXT, result: MAP })

/** What `register` makes known; the engine fills it. */
export function resultType(info: TaskTypeInfo, looped: boolean): ValueType {
  const name = `result of ${info.name}`
  const item = recordOf(looped ? `item ${name}` : name, {
    changed: BOOLEAN,
    failed: BOOLEAN,
    skipped: BOOLEAN,
    outcome: TEXT,
    attempts: INTEGER,
    ...schemaFields(info.result, name),
    ...(looped && { item: ANY }),
  })
  if (!looped) return item
  const { changed, failed, skipped, outcome } = item.fields as Record<
    'changed' | 'failed' | 'skipped' | 'outcome',
    ValueType
  >
  return recordOf(`${name} in a loop`, { changed, failed, skipped, outcome, results: listOf(item) })
}

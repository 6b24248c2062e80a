// The plain name of a partition, an account or a node, as a parameter of a task type.
import { Type } from '../task/index.ts'

/**
 * Takes a description and returns the schema of a name that can stand on a command line of CraneSched: letters, digits,
 * `_`, `.` and `-`, and no `-` at its beginning.
 */
export const CraneName = (description: string) =>
  Type.String({ description, pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$', errorMessage: 'must be a plain name' })

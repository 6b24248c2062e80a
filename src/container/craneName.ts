// What stands on a command line of CraneSched as a parameter of a task type: names, and paths that ccon takes in lists.
import { Type } from '../task/index.ts'

/**
 * Takes a description and returns the schema of a name that can stand on a command line of CraneSched: letters, digits,
 * `_`, `.` and `-`, and no `-` at its beginning.
 */
export const CraneName = (description: string) =>
  Type.String({ description, pattern: '^[A-Za-z0-9_][A-Za-z0-9_.-]*$', errorMessage: 'must be a plain name' })

/** Takes a description and returns the schema of an absolute path without blanks, commas and colons: `ccon -v` takes lists. */
export const PlainPath = (description: string) =>
  Type.String({
    description,
    pattern: '^(/[A-Za-z0-9_@%+.-]+)+$',
    errorMessage: 'must be an absolute path without blanks, commas and colons',
  })

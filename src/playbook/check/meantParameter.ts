// Which parameter a name was meant to be that a task type does not have.
import { didYouMean } from '../../model/didYouMean.ts'

/** Parameters of Ansible's modules → what they are called here, the first that the task type has. */
const HABITS: Readonly<Record<string, readonly string[]>> = {
  msg: ['message', 'value'],
  fail_msg: ['message'],
  minutes: ['seconds'],
  var: ['value'],
  cmd: ['command'],
  argv: ['command'],
  dest: ['path'],
  pkg: ['name'],
  package: ['name'],
  service: ['name'],
  src: ['target'],
  update_cache: ['refresh'],
  recurse: ['recursive'],
  remote_src: ['src'],
}

/** @param given the names that are written: a parameter that is already set is not proposed for another name */
export function meantParameter(
  written: string,
  known: readonly string[],
  given: readonly string[],
): string | undefined {
  const free = known.filter((name) => !given.includes(name))
  const habit = (Object.hasOwn(HABITS, written) ? (HABITS[written] ?? []) : []).find((name) => free.includes(name))
  return habit ?? didYouMean(written, known)
}

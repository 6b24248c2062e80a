// Checks that each `notify` names a handler and that handlers are notified.
import { didYouMean } from '../../model/didYouMean.ts'
import type { CompiledTask } from './compileTask.ts'
import type { Findings } from '../../text/findings.ts'

export function checkNotified(
  tasks: readonly CompiledTask[],
  handlers: readonly CompiledTask[],
  findings: Findings,
): void {
  const names = new Map<string, CompiledTask>()
  const topics = new Set<string>()
  for (const handler of handlers) {
    for (const topic of handler.spec.listen) topics.add(topic)
    const name = handler.name.constant?.value
    if (typeof name !== 'string') {
      findings.error(
        'expression-not-allowed',
        'the name of a handler cannot contain {{ … }}',
        handler.name.at,
        'write a fixed name: tasks notify the handler by it',
      )
      continue
    }
    if (names.has(name))
      findings.error(
        'duplicate-handler',
        `two handlers are called '${name}'`,
        handler.name.at,
        "rename one; handlers that share a 'listen' can be notified together",
      )
    else names.set(name, handler)
  }
  for (const task of [...tasks, ...handlers]) {
    for (const { text, at } of task.notify) {
      if (names.has(text) || topics.has(text)) continue
      const known = [...names.keys(), ...topics]
      const close = didYouMean(text, known)
      const list = known.length > 0 ? `the handlers are ${known.join(', ')}` : "the play has no 'handlers'"
      findings.error(
        'unknown-handler',
        `there is no handler '${text}'`,
        at,
        close === undefined ? list : `did you mean '${close}'?`,
      )
    }
  }
}

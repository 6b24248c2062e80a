// The report of a bug in crane-play itself: the only place that shows a stack trace.
import { SecretText } from '../model/secretText.ts'

const secrets = new Set<string>()

/** From now on bug reports do not show these values: an error may carry anything that it stumbled over. */
export function hideInBugReports(values: Iterable<string>): void {
  for (const value of values) secrets.add(value)
}

export function bugReport(error: unknown, version: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  const shown = new SecretText(secrets).hide(stack, () => '[hidden]')
  return [
    '',
    'crane-play: this is a bug in crane-play, not a mistake of yours',
    ...shown.split('\n').map((line) => `  ${line}`),
    `  crane-play ${version}, Node ${process.version}, ${process.platform}`,
    'please report it with these lines, the command, and the task that was running',
    'running the same command again is safe: it continues from the state the hosts are in',
    '',
  ].join('\n')
}

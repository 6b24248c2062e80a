// What is said when crane-play itself is wrong: the one place where a stack trace is shown.

export function bugReport(error: unknown, version: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [
    '',
    'crane-play: this is a bug of crane-play, not a mistake of yours',
    ...stack.split('\n').map((line) => `  ${line}`),
    `  crane-play ${version}, Node ${process.version}, ${process.platform}`,
    'Please report it with these lines, the command, and the task that was running.',
    'Running the same command again is safe: it goes on from the state in which the hosts are.',
    '',
  ].join('\n')
}

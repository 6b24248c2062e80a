// What is said when crane-play itself is wrong: the one place where a stack trace is shown.

export function bugReport(error: unknown, version: string): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error)
  return [
    '',
    'crane-play: this is a bug in crane-play, not a mistake of yours',
    ...stack.split('\n').map((line) => `  ${line}`),
    `  crane-play ${version}, Node ${process.version}, ${process.platform}`,
    'please report it with these lines, the command, and the task that was running',
    'running the same command again is safe: it continues from the state the hosts are in',
    '',
  ].join('\n')
}

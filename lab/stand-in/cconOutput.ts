/** How ccon ends when it cannot do what was asked: the front end's own messages, and those of the backend's logger. */

/** The flag parser or ccon itself refuses the command line; the usage text follows the message. */
export class UsageError extends Error {
  /** 1 from the flag parser and for a malformed id, 2 from ccon itself. */
  readonly exit: 1 | 2
  constructor(message: string, exit: 1 | 2) {
    super(message)
    this.exit = exit
  }
}

/** What was asked was understood and could not be done. */
export class Failure extends Error {
  /** 1 generic, 2 unreadable configuration, 3 network, 4 refused by the backend. */
  readonly exit: 1 | 2 | 3 | 4
  constructor(message: string, exit: 1 | 2 | 3 | 4) {
    super(message)
    this.exit = exit
  }
}

/** The text for standard error. The logger writes its colours even when nothing is a terminal. */
export const messageOf = (error: UsageError | Failure, usage: string, now = new Date()): string =>
  error instanceof UsageError
    ? `Error: ${error.message}\n${usage}\n`
    : `${timeStamp(now)}\x1b[31m [ERRO] \x1b[0m${error.message}\n`

/** A line of the logger that is no error. */
export const noteOf = (level: 'INFO' | 'WARN', message: string, now = new Date()): string =>
  `${timeStamp(now)}\x1b[${level === 'INFO' ? 36 : 33}m [${level}] \x1b[0m${message}\n`

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec']

/** `Nov 26 22:17:27.359`, in local time. */
function timeStamp(at: Date): string {
  const two = (value: number, width = 2) => String(value).padStart(width, '0')
  const clock = `${two(at.getHours())}:${two(at.getMinutes())}:${two(at.getSeconds())}.${two(at.getMilliseconds(), 3)}`
  return `${MONTHS[at.getMonth()]} ${two(at.getDate())} ${clock}`
}

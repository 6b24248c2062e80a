// Runs the command on a pseudo-terminal, as a person would, with what that person types.
import { spawn } from 'node:child_process'
import { join } from 'node:path'
import { projectRoot } from '../../../lab/index.ts'
import { quoteShell } from '../../../src/model/quoteShell.ts'

export interface TypedRun {
  readonly status: number
  /** All that the terminal showed: both outputs, and what was typed. */
  readonly shown: string
}

/** Types `answer` once the terminal shows `prompt`. */
export function runOnTerminal(argv: readonly string[], prompt: string, answer: string): Promise<TypedRun> {
  const words = [process.execPath, join(projectRoot, 'bin/crane-play.js'), ...argv]
  // script(1) gives its command a terminal whatever it has itself.
  const child = spawn('script', ['-qec', words.map(quoteShell).join(' '), '/dev/null'], {
    env: { ...process.env, TERM: 'xterm', COLUMNS: '120', NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  let shown = ''
  let typed = false
  child.stdout.setEncoding('utf8').on('data', (more: string) => {
    shown += more
    if (typed || !shown.includes(prompt)) return
    typed = true
    child.stdin.write(answer)
  })
  return new Promise((resolve) => child.once('close', (status) => resolve({ status: status ?? -1, shown })))
}

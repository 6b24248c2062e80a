// A question on the terminal while a run goes on; what is typed is shown.
import { createInterface } from 'node:readline'
import type { Keyboard } from './processContext.ts'

export interface Asking {
  /** Undefined: it was given up, or the input ended. */
  readonly answer: Promise<string | undefined>
  readonly giveUp: () => void
}

/** The terminal stays as it is, so that Ctrl-C is a signal still. */
export function askLine(question: string, { input, output }: Keyboard): Asking {
  const lines = createInterface({ input, terminal: false })
  output.write(`${question} `)
  const answer = new Promise<string | undefined>((resolve) => {
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    lines.once('close', () => resolve(undefined))
  })
  return { answer, giveUp: () => lines.close() }
}

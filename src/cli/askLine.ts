// A question on the terminal while a run goes on; what is typed is shown.
import { createInterface } from 'node:readline'
import { escapeLine } from '../report/escapeControl.ts'
import type { Keyboard } from './processContext.ts'

export interface Asking {
  /** Undefined: it was given up, or the input ended (Ctrl-D). */
  readonly answer: Promise<string | undefined>
  readonly giveUp: () => void
}

/** The terminal keeps its mode, so that Ctrl-C still sends a signal. */
export function askLine(question: string, { input, output }: Keyboard): Asking {
  const lines = createInterface({ input, terminal: false })
  output.write(`${escapeLine(question)} `)
  const answer = new Promise<string | undefined>((resolve) => {
    lines.once('line', (line) => {
      resolve(line)
      lines.close()
    })
    lines.once('close', () => resolve(undefined))
  })
  return { answer, giveUp: () => lines.close() }
}

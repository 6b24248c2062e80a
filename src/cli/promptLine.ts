// A line that the user types at a prompt.
import { Writable } from 'node:stream'
import type { Keyboard } from './processContext.ts'

/**
 * Takes a prompt and returns what was typed; undefined where the input ended or was interrupted.
 *
 * @param options - `silent`: nothing that is typed is shown.
 */
export async function promptLine(
  prompt: string,
  { input, output }: Keyboard,
  { silent = false } = {},
): Promise<string | undefined> {
  const { createInterface } = await import('node:readline/promises')
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() })
  const terminal = createInterface({ input, output: silent ? nowhere : output, terminal: true, prompt })
  // Only now are the keys read one by one: what is typed at a prompt that shows earlier is echoed, and Ctrl-D is lost.
  if (silent) output.write(prompt)
  else terminal.prompt()
  // The question alone would wait for ever once its input has ended.
  const closed = new Promise<undefined>((resolve) => void terminal.once('close', () => resolve(undefined)))
  const typed = new Promise<string>((resolve) => void terminal.once('line', resolve))
  try {
    return await Promise.race([typed, closed])
  } finally {
    terminal.close()
  }
}

// Waits for sudo's prompt, answers it once, and reports how it went.
import type { ShellCommand } from './becomeSudo.ts'

/** Enough for a lecture and an error; a flood before the prompt is cut at its front. */
const KEPT = 8 * 1024

/** Feed it both streams until `done`; the password goes out only after the random prompt was seen. */
export class SudoDialogue {
  readonly done: Promise<'ready' | 'wrong-password' | 'ended'>
  readonly #texts: NonNullable<ShellCommand['dialogue']>
  readonly #answer: (password: string) => void
  #settle: (how: 'ready' | 'wrong-password' | 'ended') => void = () => {}
  #stdout = ''
  #stderr = ''
  #asked = 0

  constructor(texts: NonNullable<ShellCommand['dialogue']>, answer: (password: string) => void) {
    this.#texts = texts
    this.#answer = answer
    this.done = new Promise((resolve) => {
      this.#settle = resolve
    })
  }

  /** What sudo wrote, prompts left out. */
  get said(): string {
    return this.#stderr.replaceAll(this.#texts.prompt, '').trim()
  }

  stdout(chunk: Buffer): void {
    this.#stdout = (this.#stdout + chunk.toString('latin1')).slice(-KEPT)
    if (this.#stdout.includes(this.#texts.ready)) this.#settle('ready')
  }

  stderr(chunk: Buffer): void {
    this.#stderr = (this.#stderr + chunk.toString('utf8')).slice(-KEPT)
    const asked = this.#stderr.split(this.#texts.prompt).length - 1
    if (asked > this.#asked && this.#asked === 0) this.#answer(`${this.#texts.password}\n`)
    this.#asked = Math.max(asked, this.#asked)
    // A second prompt means that the first answer was wrong; asking again with the same one would lock accounts.
    if (this.#asked > 1) this.#settle('wrong-password')
  }

  end(): void {
    this.#settle('ended')
  }
}

// listr2 as a thin view: a fixed pool of rows whose titles are set eight times a second.
import {
  DefaultRenderer,
  Listr,
  ListrDefaultRendererLogLevels as Level,
  ListrEventManager,
  ListrLogger,
  ListrTaskState,
  type ProcessOutput,
  Spinner,
} from 'listr2'
import { cutToWidth } from './displayWidth.ts'
import { type LiveRow, MOST_ROWS } from './liveRows.ts'
import type { Palette } from './palette.ts'
import { columnsOf, rowsOf, type Sized } from './terminalSize.ts'

/** A terminal, or what stands for one in a test. */
export interface TerminalStream extends Sized {
  write(text: string): unknown
}

export interface ListrViewOptions {
  readonly terminal: TerminalStream
  readonly palette: Palette
  /** Asked before each frame, for at most so many rows. */
  readonly rows: (limit: number) => readonly LiveRow[]
  /** Called between erasing the old frame and drawing the new one: what it writes stays above. */
  readonly above: () => void
  /** Milliseconds between frames. Default 125: eight a second, or fewer where a frame comes late. */
  readonly every?: number
}

export interface ListrView {
  /** Erases the rows, writes what is pending above, and shows the cursor. */
  end(): Promise<void>
  /** The same without waiting; no frame is drawn after it. */
  leave(): void
  /** The same until the function that it returns is called: someone else writes to the terminal meanwhile. */
  hold(): () => void
}

const CURSOR_HIDE = '\u001b[?25l'
const CURSOR_SHOW = '\u001b[?25h'
// What log-update writes before a frame: erase line, cursor up, column one.
const ERASE = /^(?:\u001b\[2K|\u001b\[1A|\u001b\[G)*/

/**
 * listr2 redraws at each change of a row, takes over stdout and stderr, and exits on SIGINT: here its events go nowhere,
 * its process output writes to the given terminal only, and it registers no signal listener.
 */
export function startListrView(options: ListrViewOptions): ListrView {
  const { terminal, palette } = options
  let erase = ''
  let left = false
  let held = false
  /** The lines above the next frame are someone else's: nothing is erased. */
  let anew = false
  const draw = (text: string): boolean => {
    if (left || held) return true
    const [prefix] = ERASE.exec(text) ?? ['']
    if (!anew) terminal.write(prefix)
    anew = false
    options.above()
    const frame = text.slice(prefix.length)
    terminal.write(frame)
    // The rows of the frame now on the screen, for a leave that cannot ask log-update any more.
    erase = frame === '' ? '' : '\u001b[2K\u001b[1A'.repeat(frame.split('\n').length - 1) + '\u001b[2K\u001b[G'
    return true
  }
  const stream = {
    write: draw,
    get columns() {
      return columnsOf(terminal)
    },
    get rows() {
      return rowsOf(terminal)
    },
  }
  const output = {
    stdout: stream,
    stderr: stream,
    hijack: () => terminal.write(CURSOR_HIDE),
    release: () => terminal.write(CURSOR_SHOW),
    toStdout: (text: string) => draw(text),
    toStderr: (text: string) => draw(text),
  } as unknown as ProcessOutput

  let finish = () => {}
  const finished = new Promise<void>((resolve) => {
    finish = resolve
  })

  const fill = () => {
    const rows = options.rows(Math.min(MOST_ROWS, Math.max(1, rowsOf(terminal) - 2)))
    list.tasks.forEach((task, i) => {
      const row = rows[i]
      task.state$ = STATES[row?.state ?? 'waiting']
      task.title$ = row ? cutToWidth(row.text, Math.max(10, columnsOf(terminal) - 3)) : ''
    })
  }

  const list = new Listr(
    Array.from({ length: MOST_ROWS }, () => ({ title: ' ', task: () => finished })),
    {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false,
      renderer: QuietRenderer,
      rendererOptions: {
        clearOutput: true,
        logger: new ListrLogger({ processOutput: output }),
        spinner: new Frames(fill, options.every ?? 125),
        icon: { [Level.WAITING]: '-', [Level.FAILED]: 'x' },
        color: {
          [Level.WAITING]: (text) => palette.dim(text ?? ''),
          [Level.FAILED]: (text) => palette.red(text ?? ''),
          [Level.PENDING]: (text) => palette.yellow(text ?? ''),
        },
      },
    },
  )
  const run = list.run()
  return {
    async end() {
      if (left) return
      for (const task of list.tasks) task.title$ = ''
      finish()
      await run
      options.above()
    },
    leave() {
      if (left) return
      terminal.write(erase)
      left = true
      options.above()
      terminal.write(CURSOR_SHOW)
      finish()
    },
    hold() {
      if (left) return () => {}
      terminal.write(erase)
      erase = ''
      options.above()
      terminal.write(CURSOR_SHOW)
      held = true
      return () => {
        held = false
        anew = true
        if (!left) terminal.write(CURSOR_HIDE)
      }
    },
  }
}

const STATES = {
  running: ListrTaskState.STARTED,
  waiting: ListrTaskState.WAITING,
  failed: ListrTaskState.FAILED,
} as const

/** Deaf to changes of rows: frames come from the spinner's clock alone. */
class QuietRenderer extends DefaultRenderer {
  /** Whether there is a terminal was decided before; listr2 would look at stdout only. */
  static override nonTTY = true

  constructor(...[tasks, options]: ConstructorParameters<typeof DefaultRenderer>) {
    super(tasks, options, new ListrEventManager())
  }

  /** A row was cut to the width of its own terminal; listr2 would cut it again, to the width of stdout. */
  protected override format(row: string, icon: string): string[] {
    return row.trim() === '' ? [] : [`${icon} ${row}`]
  }
}

class Frames extends Spinner {
  readonly #before: () => void
  readonly #every: number

  constructor(before: () => void, every: number) {
    super()
    this.#before = before
    this.#every = every
  }

  override start(draw?: () => void): void {
    super.start(() => {
      this.#before()
      draw?.()
    }, this.#every)
  }
}

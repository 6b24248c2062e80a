// Makes the reporter that the command line and the streams ask for; listr2 is loaded for a terminal only.
import { COLOURED, COLOURLESS } from '../report/palette.ts'
import type { Reporter, ReportOptions, Sink } from '../report/reporter.ts'
import { columnsOf } from '../report/terminalSize.ts'
import type { CommandLine } from './commandLine.ts'
import type { OutputStyle } from './outputStyle.ts'
import type { ProcessContext } from './processContext.ts'

export interface MadeReporter {
  readonly reporter: Reporter
  /** For what is said beside the events, so that it does not mix with live rows. */
  readonly sink: Sink
  /** Runs it while nothing else is drawn on the terminal. */
  readonly aside: <T>(work: () => Promise<T>) => Promise<T>
}

const atOnce: MadeReporter['aside'] = (work) => work()

const palette = (coloured: boolean) => (coloured ? COLOURED : COLOURLESS)

export async function makeReporter(
  commandLine: CommandLine,
  style: OutputStyle,
  { sink, stdout, stderr }: ProcessContext,
): Promise<MadeReporter> {
  const { verbosity, diff } = commandLine
  const width = stdout.isTTY ? columnsOf(stdout) : undefined
  const options: ReportOptions = { verbosity, diff, width, palette: palette(style.colorOut) }
  switch (style.reporter) {
    case 'jsonl': {
      const { jsonlReporter } = await import('../report/jsonlReporter.ts')
      return { reporter: jsonlReporter(sink), sink, aside: atOnce }
    }
    case 'plain': {
      const { plainReporter } = await import('../report/plainReporter.ts')
      const { withWaitingNotices } = await import('../report/waitingNotices.ts')
      return { reporter: withWaitingNotices(plainReporter(sink, options), sink), sink, aside: atOnce }
    }
    case 'terminal': {
      const { terminalReporter } = await import('../report/terminalReporter.ts')
      const terminalPalette = palette(style.colorErr)
      const reporter = terminalReporter(sink, { ...options, terminal: stderr, terminalPalette })
      return { reporter, sink: reporter.sink, aside: reporter.aside }
    }
    default:
      return style.reporter satisfies never
  }
}

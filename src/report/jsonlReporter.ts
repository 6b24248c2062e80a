// The event stream itself, one JSON object a line, for programs.
import { escapeJson } from './escapeControl.ts'
import type { Reporter, Sink } from './reporter.ts'

/** Nothing else goes to `out`. Each line is a RunEvent (src/model/runEvent.ts) with its version in `v`. */
export function jsonlReporter(sink: Sink): Reporter {
  return {
    event: (event) => sink.out(`${escapeJson(JSON.stringify(event))}\n`),
    end: async () => {},
    leave: () => {},
  }
}

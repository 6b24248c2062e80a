// The few colours that reports use, or none.
import type { Outcome } from '../model/result.ts'

type Paint = (text: string) => string

export interface Palette {
  readonly red: Paint
  readonly green: Paint
  readonly yellow: Paint
  readonly blue: Paint
  readonly cyan: Paint
  readonly magenta: Paint
  readonly bold: Paint
  readonly dim: Paint
}

const sgr =
  (on: number, off: number): Paint =>
  (text) =>
    text === '' ? text : `\u001b[${on}m${text}\u001b[${off}m`

const same: Paint = (text) => text

export const COLOURED: Palette = {
  red: sgr(31, 39),
  green: sgr(32, 39),
  yellow: sgr(33, 39),
  blue: sgr(34, 39),
  cyan: sgr(36, 39),
  magenta: sgr(35, 39),
  bold: sgr(1, 22),
  dim: sgr(2, 22),
}

export const COLOURLESS: Palette = {
  red: same,
  green: same,
  yellow: same,
  blue: same,
  cyan: same,
  magenta: same,
  bold: same,
  dim: same,
}

export function paintOutcome(palette: Palette, outcome: Outcome, ignored: boolean): Paint {
  if (ignored) return palette.yellow
  switch (outcome) {
    case 'ok':
      return palette.green
    case 'changed':
      return palette.yellow
    case 'skipped':
      return palette.cyan
    case 'undecided':
      return palette.blue
    case 'failed':
      return palette.red
    case 'unreachable':
      return palette.magenta
    default:
      return outcome satisfies never
  }
}

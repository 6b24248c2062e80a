// Live rows and colours only where somebody sees them.
import { expect, test } from 'vitest'
import { outputStyle, type OutputSituation } from '../../src/cli/outputStyle.ts'

const TERMINAL: OutputSituation = {
  output: 'auto',
  color: true,
  stdoutTTY: true,
  stderrTTY: true,
  env: { TERM: 'xterm-256color' },
}
const PIPES = { stdoutTTY: false, stderrTTY: false }

test.each<[string, Partial<OutputSituation>, reporter: string, colours: string]>([
  ['a terminal', {}, 'terminal', 'out err'],
  ['no environment', { env: {} }, 'terminal', 'out err'],
  ['pipes', PIPES, 'plain', ''],
  ['stdout to a file', { stdoutTTY: false }, 'terminal', 'err'],
  ['stderr to a file', { stderrTTY: false }, 'plain', 'out'],
  ['--output plain', { output: 'plain' }, 'plain', 'out err'],
  ['--output jsonl', { output: 'jsonl' }, 'jsonl', 'err'],
  ['--output jsonl, forced colours', { output: 'jsonl', env: { FORCE_COLOR: '1' } }, 'jsonl', 'err'],
  ['--no-color', { color: false }, 'terminal', ''],
  ['NO_COLOR', { env: { NO_COLOR: '1' } }, 'terminal', ''],
  ['NO_COLOR empty', { env: { NO_COLOR: '' } }, 'terminal', 'out err'],
  ['CI', { env: { CI: 'true' } }, 'plain', ''],
  ['CI=false', { env: { CI: 'false' } }, 'terminal', 'out err'],
  ['CI, forced colours', { env: { CI: '1', FORCE_COLOR: '1' } }, 'plain', 'out err'],
  ['TERM=dumb', { env: { TERM: 'dumb' } }, 'plain', ''],
  ['TERM=dumb, forced colours', { env: { TERM: 'dumb', FORCE_COLOR: '' } }, 'plain', 'out err'],
  ['pipes, FORCE_COLOR', { ...PIPES, env: { FORCE_COLOR: '1' } }, 'plain', 'out err'],
  ['FORCE_COLOR=0', { env: { FORCE_COLOR: '0' } }, 'terminal', ''],
  ['FORCE_COLOR=false', { env: { FORCE_COLOR: 'false' } }, 'terminal', ''],
  ['NO_COLOR before FORCE_COLOR', { ...PIPES, env: { NO_COLOR: '1', FORCE_COLOR: '1' } }, 'plain', ''],
  ['--no-color before FORCE_COLOR', { color: false, env: { FORCE_COLOR: '1' } }, 'terminal', ''],
])('%s', (_case, difference, reporter, colours) => {
  const style = outputStyle({ ...TERMINAL, ...difference })
  expect(style).toEqual({ reporter, colorOut: colours.includes('out'), colorErr: colours.includes('err') })
})

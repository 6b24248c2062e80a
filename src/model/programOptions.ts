// How zx starts a program on the controller: from a POSIX shell that the program replaces, and without printing.
import { quoteShell } from './quoteShell.ts'

/** Everything that zx would take from ZX_* variables, from bash, or from its own habits is set. */
export const programOptions = {
  shell: '/bin/sh',
  quote: quoteShell,
  prefix: 'exec ',
  postfix: '',
  cwd: '.',
  preferLocal: false,
  timeout: 0,
  nothrow: true,
  quiet: true,
  verbose: false,
} as const

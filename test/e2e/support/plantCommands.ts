// Commands that plant a fault on a host of the lab, and those that take it away again.
import { quoteShell } from '../../../src/model/quoteShell.ts'
import type { LabPlant } from './plantFaults.ts'

export type Commands = Pick<LabPlant, 'plant' | 'undo'>

export const compute = (check: string, seen: string, commands: Commands): LabPlant => ({
  check,
  control: false,
  seen,
  ...commands,
})
export const control = (check: string, seen: string, commands: Commands): LabPlant => ({
  ...compute(check, seen, commands),
  control: true,
})

export const keep = (path: string) => ({ save: `cp -p ${path} /root/kept-file`, back: `mv /root/kept-file ${path}` })
export const write = (path: string, text: string) => `printf %s ${quoteShell(text)} >${path}`
/** The files are of one name each. */
export const away = (...paths: readonly string[]): Commands => ({
  plant: paths.map((path) => `mv ${path} /root/kept-away-${nameOf(path)}`).join('; '),
  undo: paths.map((path) => `mv /root/kept-away-${nameOf(path)} ${path}`).join('; '),
})
export const both = (one: Commands, other: Commands): Commands => ({
  plant: `${one.plant}; ${other.plant}`,
  undo: `${other.undo}; ${one.undo}`,
})
/** Answers for a program, in front of it in PATH. */
export const instead = (program: string, answer: string): Commands => ({
  plant: `${write(`/usr/local/bin/${program}`, `#!/bin/sh\n${answer}\nexec /usr/bin/${program} "$@"\n`)}; chmod 755 /usr/local/bin/${program}`,
  undo: `rm /usr/local/bin/${program}`,
})

const nameOf = (path: string) => path.slice(path.lastIndexOf('/') + 1)

// `crane-play deploy.yml --help`: of each playbook that was named the inputs and what its first comment says; the options follow.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Diagnostic } from '../model/diagnostic.ts'
import { escapeControl } from '../report/escapeControl.ts'
import { columnsOf } from '../report/terminalSize.ts'
import { EXIT } from './exitStatus.ts'
import { findPlaybook } from '../run/findPlaybook.ts'
import { aboutPlaybook, inputsHelp } from './inputsHelp.ts'
import { ownPackage } from '../run/packageRoot.ts'
import type { ProcessContext, Tell } from './processContext.ts'

/** @returns the exit status */
export async function printInputs(names: readonly string[], setting: ProcessContext, tell: Tell): Promise<number> {
  const { readInputs } = await import('../playbook/readInputs.ts')
  const print = (text: string) => setting.sink.out(escapeControl(text, Infinity))
  const mistakes: Diagnostic[] = []
  for (const name of names) {
    const found = findPlaybook(name, join(ownPackage().root, 'playbooks'))
    const inputs = found.ok ? readInputs(found.value.path) : found
    if (inputs.ok && found.ok) {
      print(inputsHelp(name, inputs.value, columnsOf(setting.stdout, 100)))
      print(aboutPlaybook(name, readFileSync(found.value.path, 'utf8')))
    }
    if (!inputs.ok) mistakes.push(...inputs.diagnostics)
  }
  await tell(mistakes)
  return mistakes.length > 0 ? EXIT.mistake : EXIT.well
}

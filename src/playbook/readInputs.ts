// The inputs of a playbook, for its help text: needs neither an inventory nor task types.
import { type Checked, checked, mistaken } from '../model/diagnostic.ts'
import { Findings } from '../text/findings.ts'
import type { InputDeclaration } from '../model/inputDeclaration.ts'
import { listOnDisk } from './parse/fileNames.ts'
import { FileParser, type ReadFile, readFilesFromDisk } from './parse/parseFiles.ts'

export type { InputDeclaration } from '../model/inputDeclaration.ts'

/** With those of the playbooks it imports, in the order of the files. */
export function readInputs(
  path: string,
  readFile: ReadFile = readFilesFromDisk(),
): Checked<readonly InputDeclaration[]> {
  const findings = new Findings()
  const { inputs } = new FileParser(readFile, listOnDisk, findings).playbooks([path])
  return findings.failed ? mistaken(findings.all) : checked(inputs, findings.warnings)
}

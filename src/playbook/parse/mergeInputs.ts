// The inputs of a playbook and of all files that it takes in, each name once.
import { type InputDeclaration, misfit } from '../../model/inputDeclaration.ts'
import type { Findings } from '../../text/findings.ts'

export interface DeclaredInput {
  readonly input: InputDeclaration
  readonly file: string
  /** The files that took that one in, directly or through others. */
  readonly importedBy: Set<string>
}

/**
 * A name means the same wherever it is declared: the types agree, and the defaults too, but that a file may state a
 * default of its own for what it imports.
 */
export function mergeInputs(all: readonly DeclaredInput[], findings: Findings): readonly InputDeclaration[] {
  const byName = new Map<string, DeclaredInput[]>()
  for (const one of all) byName.set(one.input.name, [...(byName.get(one.input.name) ?? []), one])
  return Array.from(byName.values(), (same) => {
    const outer = same.filter((one) => !same.some(({ file }) => one.importedBy.has(file)))
    const [first] = outer
    if (!first || !agree(same, outer, findings)) return (first ?? (same[0] as DeclaredInput)).input
    return joined(outer, same, findings)
  })
}

function agree(same: readonly DeclaredInput[], outer: readonly DeclaredInput[], findings: Findings): boolean {
  const before = findings.all.length
  const [first] = same.map(({ input }) => input)
  if (!first) return true
  for (const { input } of same)
    if (input.type !== first.type)
      findings.error(
        'input-conflict',
        `input '${input.name}' has type ${input.type} here and ${first.type} in ${first.at.file}`,
        input.at,
      )
  const inner = same.filter((one) => !outer.includes(one))
  for (const level of [outer, outer.some(states) ? [] : inner]) {
    const [one] = level
    for (const { input } of level)
      if (one && JSON.stringify(one.input.default) !== JSON.stringify(input.default))
        findings.error(
          'input-conflict',
          `input '${input.name}' has a different default in ${one.input.at.file}`,
          input.at,
          'state the same default in both files, or one in the file that imports them',
        )
  }
  return findings.all.length === before
}

const states = ({ input }: DeclaredInput) => input.required || input.default !== undefined

/** What the outer file leaves open is taken from the inner ones. */
function joined(outer: readonly DeclaredInput[], same: readonly DeclaredInput[], findings: Findings): InputDeclaration {
  const own = outer.some(states) ? outer : same
  const merged = Object.assign(
    {},
    ...same.map(({ input }) => input),
    ...outer.map(({ input }) => input),
  ) as InputDeclaration
  const { default: _, ...rest } = merged
  const preset = own.find(({ input }) => input.default !== undefined)?.input
  const declaration: InputDeclaration = {
    ...rest,
    at: (outer[0] ?? same[0])?.input.at ?? merged.at,
    required: own.some(({ input }) => input.required),
    sensitive: same.some(({ input }) => input.sensitive),
    ...(preset?.default !== undefined && { default: preset.default }),
  }
  const wrong = preset?.default !== undefined && misfit(declaration, preset.default, JSON.stringify(preset.default))
  if (preset && wrong) findings.error('wrong-type', `'${declaration.name}' ${wrong}`, preset.at)
  return declaration
}

// Texts that are almost right: parts of good ones cut out, doubled, moved, or replaced by what nobody expects.
import fc from 'fast-check'

/** What means something to one of the readers, and what breaks bad ones. */
const PIECES = [
  ...'{}[]:,-?.|&!"\'\n\t #*@`()=<>%~$\\;/0',
  ...'{{ }} {% %} ... <<: &a *a !!binary null true ~ -1 0x 1e999 2026-13-45 __proto__ constructor toString'.split(' '),
  ...'all !all &all crane[1-3] ansible_ hostvars item if && in .map(x,x)'.split(' '),
  '\r\n',
  '---\n',
  '|2\n',
  '>-\n',
  '? ',
  '9'.repeat(40),
  '\u0000',
  '\u001b[31m',
  '\u00e9',
  '\u{1f600}',
  '\ud800',
  '\u2028',
  '\ufeff',
  '\x7f',
]

const piece = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...PIECES) },
  { weight: 1, arbitrary: fc.string({ maxLength: 8 }) },
  { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 4 }) },
)

const BIG = 2 ** 24

const edit = fc.oneof(
  fc.record({ what: fc.constant('letters' as const), at: fc.nat(BIG), cut: fc.nat(9), put: piece }),
  fc.record({
    what: fc.constantFrom('drop' as const, 'double' as const, 'indent' as const, 'borrow' as const),
    at: fc.nat(BIG),
    other: fc.nat(BIG),
  }),
)
export type Edit = typeof edit extends fc.Arbitrary<infer One> ? One : never

/** Up to four edits. */
export const edits = fc.array(edit, { maxLength: 4 })

/** `lenders` are texts of which a line may come in. */
export function mutate(text: string, changes: readonly Edit[], lenders: readonly string[]): string {
  let now = text
  for (const change of changes) {
    if (change.what === 'letters') {
      const at = change.at % (now.length + 1)
      now = now.slice(0, at) + change.put + now.slice(at + change.cut)
      continue
    }
    const lines = now.split('\n')
    const at = change.at % lines.length
    const line = lines[at] as string
    const lender = (lenders[change.other % lenders.length] ?? '').split('\n')
    if (change.what === 'drop') lines.splice(at, 1)
    else if (change.what === 'double') lines.splice(change.other % lines.length, 0, line)
    else if (change.what === 'indent') lines[at] = change.other % 2 === 0 ? `  ${line}` : line.replace(/^ {1,2}/, '')
    else lines.splice(at, 0, lender[Math.floor(change.other / 7) % lender.length] as string)
    now = lines.join('\n')
  }
  return now
}

// The built command is what the sources say, though it is read one byte at a time.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ownPackage } from '../../src/run/packageRoot.ts'

test('it is plain ASCII: bin/loadProgram.js takes a byte for a character', () => {
  const program = readFileSync(join(ownPackage().root, 'dist/crane-play.cjs'))
  expect(program.findIndex((byte) => byte > 0x7f)).toBe(-1)
})

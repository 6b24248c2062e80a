// docs/doctor.md says what the checks say; a difference is a drift.
import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { doctorReference } from '../../scripts/doctorReference.ts'

it('is what `npm run docs` would write', async () => {
  expect(readFileSync(new URL('../../docs/doctor.md', import.meta.url), 'utf8')).toBe(await doctorReference())
})

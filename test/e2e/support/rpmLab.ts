// A lab of one RPM host for the tests of a file: what other tests share has apt.
import { afterAll, beforeAll } from 'vitest'
import { type Lab, labDown, LabProblem, labUp } from '../../../lab/index.ts'

export interface RpmLab {
  /** Undefined where this machine cannot make an RPM host. */
  lab?: Lab
  /** Why there is none. */
  problem: string
}

/** Its one host. */
export const RPM_HOST = 'crane01'

/** Starts the lab before the tests that surround the call and ends it after them. */
export function rpmLab(name: string): RpmLab {
  const made: RpmLab = { problem: '' }
  beforeAll(async () => {
    try {
      made.lab = await labUp({ name, hosts: 1, rpm: 'all' })
    } catch (error) {
      if (!(error instanceof LabProblem)) throw error
      made.problem = error.message
    }
  })
  afterAll(() => made.lab && labDown(undefined, name))
  return made
}

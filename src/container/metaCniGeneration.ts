// Which generation a build of Meta CNI is of, and why it does not fit a configuration: it would make no network, without an error.
import { type MetaCniSchema, NEEDS_PIPELINE } from './metaCniBuild.ts'
import { needsTemplates } from './metaCni.ts'
import type { MetaCni } from './metaCniParams.ts'

/** The generations of the configuration file. */
export type MetaCniGeneration = NonNullable<MetaCni['generation']>

/** What a build of each generation reads. */
export const SCHEMA_OF = { G1: 'delegates', G2: 'confFromArgs', G3: 'pipelines' } as const satisfies Record<
  MetaCniGeneration,
  MetaCniSchema
>

const GENERATIONS = ['G1', 'G2', 'G3'] as const

/** Takes what a build reads and returns its generation; undefined for another program. */
export const generationOf = (schema: MetaCniSchema): MetaCniGeneration | undefined =>
  GENERATIONS.find((generation) => SCHEMA_OF[generation] === schema)

/** Takes the bytes of a program and returns what it reads, as the probe `metaCniSchema` does on a host. */
export function schemaIn(program: Uint8Array): MetaCniSchema {
  const bytes = Buffer.from(program.buffer, program.byteOffset, program.byteLength)
  if (bytes.includes('confFromArgs')) return 'confFromArgs'
  if (bytes.includes(NEEDS_PIPELINE)) return 'pipelines'
  return bytes.includes('resultMode') ? 'delegates' : 'unknown'
}

/** Takes a generation and returns the shell command that accepts only a program of it; %s stands for its path. */
export const acceptGeneration = (generation: MetaCniGeneration): string =>
  ({
    G1: `grep -qF resultMode %s && ! grep -qF '${NEEDS_PIPELINE}' %s`,
    G2: 'grep -qF confFromArgs %s',
    G3: `grep -qF '${NEEDS_PIPELINE}' %s && ! grep -qF confFromArgs %s`,
  })[generation]

/** Why a build cannot be used, and what to do. */
export interface WrongBuild {
  readonly cause: string
  readonly hint: string
}

/** What to do about a build of another generation. */
export const BUILD_HINT =
  'set generation to that of the build, or give another build: G1 is from before 24 March 2026, G2 from before 29 April 2026'

/** Takes where a program comes from, what it reads, and the generation it must be of; undefined when it is. */
export function wrongBuild(origin: string, schema: MetaCniSchema, wanted: MetaCniGeneration): WrongBuild | undefined {
  const found = generationOf(schema)
  if (found === wanted) return undefined
  return found === undefined
    ? { cause: `${origin} is not a build of Meta CNI`, hint: 'check the file; `make tool` makes build/tool/meta-cni' }
    : { cause: `${origin} is a build of Meta CNI of generation ${found}, not ${wanted}`, hint: BUILD_HINT }
}

/** Takes an installed plug-in, what it reads, and a configuration; returns why it makes no network of it, or undefined. */
export function misreads(path: string, schema: MetaCniSchema, params: MetaCni): WrongBuild | undefined {
  const { generation = 'G3' } = params
  if (schema === 'absent' || schema === 'unknown') return undefined
  if ((schema === 'delegates') !== (generation === 'G1'))
    return {
      cause: `${path} reads ${schema === 'delegates' ? schema : 'pipelines'}, and generation ${generation} has ${generation === 'G1' ? 'delegates' : 'pipelines'}: pods would get no network, without an error`,
      hint:
        schema === 'delegates'
          ? 'set generation to G1, or install a build of Meta CNI from 24 March 2026 or later'
          : `set generation to ${schema === 'confFromArgs' ? 'G2' : 'G3'}`,
    }
  if (schema === 'confFromArgs' && needsTemplates(params))
    return {
      cause: `${path} is of generation G2 and does not render {{ }}: devices would get no network, without an error`,
      hint: 'set generation to G2 with confFromArgs, or install a build of Meta CNI from 29 April 2026 or later',
    }
  if (schema === 'pipelines' && generation === 'G2')
    return { cause: `${path} is of generation G3 and does not know confFromArgs`, hint: 'set generation to G3' }
  return undefined
}

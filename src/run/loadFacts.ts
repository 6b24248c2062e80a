// Finds the facts: one file each in facts/. Adding one is adding a file.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { FactType } from '../task/defineFact.ts'
import { ownPackage } from './packageRoot.ts'

/** All facts by name, in the order of their names. */
export async function loadFacts(): Promise<ReadonlyMap<string, FactType>> {
  const names = readdirSync(join(ownPackage().root, 'facts'))
    .flatMap((file) => /^([A-Za-z]\w*)\.ts$/.exec(file)?.[1] ?? [])
    .sort()
  // The bundler reads the pattern and takes in every file that it may mean.
  const facts = names.map(async (name) => (await import(`../../facts/${name}.ts`)).default as FactType)
  return new Map((await Promise.all(facts)).map((fact) => [fact.name, fact]))
}

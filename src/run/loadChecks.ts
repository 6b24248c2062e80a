// Finds the checks of doctor: one file for each area in checks/. Adding one is adding a file.
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { AnyCheckArea } from '../container/defineChecks.ts'
import { ownPackage } from './packageRoot.ts'

/** All areas by their files' names. */
export async function loadChecks(): Promise<ReadonlyMap<string, AnyCheckArea>> {
  const names = readdirSync(join(ownPackage().root, 'checks'))
    .flatMap((file) => /^([A-Za-z]\w*)\.ts$/.exec(file)?.[1] ?? [])
    .sort()
  // The bundler reads the pattern and takes in every file that it may mean.
  const areas = names.map(
    async (name) => [name, (await import(`../../checks/${name}.ts`)).default as AnyCheckArea] as const,
  )
  return new Map(await Promise.all(areas))
}

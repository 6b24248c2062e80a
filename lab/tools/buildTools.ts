/** `npm run lab -- tools`: builds what no Debian package has, where Go is at hand, once, into the lab's cache. */
import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { $, which } from 'zx'
import { cacheDirectory, installTools, type Say } from '../machine.ts'
import { type GoTool, goTools, requiringModule } from './goTools.ts'

/** What CRI-O's cgo code and its `pinns` are compiled with. */
const COMPILER = {
  '/usr/bin/gcc': 'gcc',
  '/usr/bin/pkg-config': 'pkg-config',
  '/usr/include/seccomp.h': 'libseccomp-dev',
}

/** The directory of a tool of this version; other versions lie beside it. */
const toolDirectory = ({ name, version }: GoTool): string => join(cacheDirectory(), 'tools', `${name}-${version}`)

/** The programs that are built already: name → path. CRI-O comes with `pinns`. */
export function builtTools(): ReadonlyMap<string, string> {
  const directories = goTools.map(toolDirectory).filter((directory) => existsSync(directory))
  return new Map(
    directories.flatMap((directory) => readdirSync(directory).map((name) => [name, join(directory, name)] as const)),
  )
}

/** Builds what is missing, with the lowest priority; what cannot be had is said and left out. */
export async function buildTools(say: Say): Promise<void> {
  if (!(await which('go', { nothrow: true }))) {
    say(`left out: ${goTools.map(({ name }) => name).join(', ')}: they are built with Go, and this machine has none`)
    return
  }
  for (const tool of goTools) {
    const done = toolDirectory(tool)
    if (existsSync(done)) {
      say(`already built: ${tool.name} ${tool.version}`)
      continue
    }
    say(`building ${tool.name} ${tool.version} (half a minute to four minutes)`)
    const work = `${done}.${process.pid}`
    mkdirSync(join(work, 'bin'), { recursive: true })
    try {
      if (tool.way === 'install') await installTool(tool, join(work, 'bin'))
      else await buildRequired(tool, work, say)
      renameSync(join(work, 'bin'), done)
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error)
      say(`left out: ${tool.name} ${tool.version}, which cannot be built: ${reason.trim().split('\n').at(-1)}`)
    } finally {
      rmSync(work, { recursive: true, force: true })
    }
  }
}

async function installTool({ module, version, program }: GoTool, bin: string): Promise<void> {
  const env = { ...process.env, GOBIN: bin }
  await go(env, undefined, ['install', `${module}/${program}@${version}`])
}

async function buildRequired(tool: GoTool, work: string, say: Say): Promise<void> {
  await installTools(say, COMPILER)
  writeFileSync(join(work, 'go.mod'), requiringModule(tool))
  await go(process.env, work, ['mod', 'download', `${tool.module}@${tool.version}`])
  const source = (await go(process.env, work, ['list', '-m', '-f', '{{.Dir}}', tool.module])).trim()
  copyFileSync(join(source, 'go.sum'), join(work, 'go.sum'))
  const tags = tool.tags ? ['-tags', tool.tags] : []
  const output = join(work, 'bin', tool.name)
  await go(process.env, work, ['build', '-mod=mod', ...tags, '-o', output, `${tool.module}/${tool.program}`])
  const pinns = join(source, 'pinns/src')
  if (!existsSync(pinns)) return
  const files = readdirSync(pinns).filter((file) => file.endsWith('.c'))
  await $({ quiet: true, cwd: pinns })`gcc -std=c99 -O2 -o ${join(work, 'bin/pinns')} ${files}`
}

/** Runs Go with the lowest priority. @throws Error whose message ends with Go's last line */
async function go(env: NodeJS.ProcessEnv, cwd: string | undefined, args: readonly string[]): Promise<string> {
  const ended = await $({ quiet: true, nothrow: true, env, ...(cwd && { cwd }) })`nice -n 19 go ${args}`
  if (ended.exitCode !== 0) throw new Error(ended.stderr.trim())
  return ended.stdout
}

/** Stand-in for CraneSched's Meta CNI plug-in, executed by the container runtime: runs the plug-ins it delegates to. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { DeadlineExceeded, type Environment, runChain, type Verb } from './metaChain.ts'
import { type Generation, type MetaConfig, readMetaConfig } from './metaConfig.ts'

const supported = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']
const environment = process.env as Environment
const verb = environment['CNI_COMMAND'] ?? ''
/** The program of each generation is this one with another argument: a runtime gives a plug-in none. */
const generation = (process.argv[2] ?? 'G3') as Generation

/** Ends the plug-in that runs when the time of the whole verb is up. */
const deadline = new AbortController()

function execute(type: string, env: Environment, stdin: string): Promise<string> {
  const directories = (env['CNI_PATH'] ?? '').split(':').filter(Boolean)
  const program = directories.map((directory) => join(directory, type)).find((path) => existsSync(path))
  if (!program) return Promise.reject(new Error(`failed to find plugin "${type}" in path [${directories.join(' ')}]`))
  return new Promise((resolve, reject) => {
    const options = { env, signal: deadline.signal, killSignal: 'SIGKILL' } as const
    const child = spawn(program, { ...options, stdio: ['pipe', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.once('error', (error) =>
      reject(deadline.signal.aborted ? new DeadlineExceeded('meta-cni: deadline exceeded') : error),
    )
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.once('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`delegate ${type}: ${stdout.trim()}`)),
    )
  })
}

function readConfig(): MetaConfig | undefined {
  try {
    return readMetaConfig(readFileSync(0, 'utf8'), generation)
  } catch {
    return undefined
  }
}

async function main(): Promise<void> {
  if (verb === 'VERSION') {
    process.stdout.write(`${JSON.stringify({ cniVersion: '1.1.0', supportedVersions: supported })}\n`)
    return
  }
  const config = readConfig()
  // The real plug-in says nothing at all about a configuration that it does not accept, and ends with status 0.
  if (!config) return
  if (config.timeoutSeconds > 0) setTimeout(() => deadline.abort(), config.timeoutSeconds * 1000).unref()
  const result = await runChain(verb as Verb, config, environment, execute)
  if (result) process.stdout.write(`${JSON.stringify(result)}\n`)
}

try {
  await main()
} catch (error) {
  // The real plug-in loses its error in the same way: nothing on standard output, and exit status 0.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}

/** Stand-in for CraneSched's Meta CNI plug-in, executed by the container runtime: runs the plug-ins it delegates to. */
import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Environment, runChain, type Verb } from './metaChain.ts'
import { readMetaConfig } from './metaConfig.ts'

const supported = ['0.1.0', '0.2.0', '0.3.0', '0.3.1', '0.4.0', '1.0.0', '1.1.0']
const environment = process.env as Environment
const verb = environment['CNI_COMMAND'] ?? ''

function execute(type: string, env: Environment, stdin: string): Promise<string> {
  const folders = (env['CNI_PATH'] ?? '').split(':').filter(Boolean)
  const program = folders.map((folder) => join(folder, type)).find((path) => existsSync(path))
  if (!program) return Promise.reject(new Error(`failed to find plugin "${type}" in path [${folders.join(' ')}]`))
  return new Promise((resolve, reject) => {
    const child = spawn(program, { env, stdio: ['pipe', 'pipe', 'inherit'] })
    let stdout = ''
    child.stdout.on('data', (data: Buffer) => (stdout += data.toString()))
    child.once('error', reject)
    child.stdin.on('error', () => undefined)
    child.stdin.end(stdin)
    child.once('close', (code) =>
      code === 0 ? resolve(stdout) : reject(new Error(`delegate ${type}: ${stdout.trim()}`)),
    )
  })
}

async function main(): Promise<void> {
  if (verb === 'VERSION') {
    process.stdout.write(`${JSON.stringify({ cniVersion: '1.1.0', supportedVersions: supported })}\n`)
    return
  }
  const config = readMetaConfig(readFileSync(0, 'utf8'))
  if (config.timeoutSeconds > 0)
    setTimeout(() => {
      process.stderr.write('meta-cni: deadline exceeded\n')
      process.exit(0)
    }, config.timeoutSeconds * 1000).unref()
  const result = await runChain(verb as Verb, config, environment, execute)
  if (result) process.stdout.write(`${JSON.stringify(result)}\n`)
}

try {
  await main()
} catch (error) {
  // The real plug-in loses its error in the same way: nothing on standard output, and exit status 0.
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
}

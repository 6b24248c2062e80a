/** A daemon's start: reads its configuration, and dies of a bad one as CraneSched's daemons do. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { dirname, join } from 'node:path'
import { type Log, openLog } from './daemonLog.ts'
import { type CraneConfig, readCraneConfig, type Role } from './readCraneConfig.ts'

const configPath = '/etc/crane/config.yaml'

/** The configuration and an open log; ends the process when there is no living with the file. */
export function startDaemon(role: Role): { config: CraneConfig; log: Log } {
  const refuse = (message: string): never => {
    process.stderr.write(`[${new Date().toISOString()}] [ERROR] ${message}\n`)
    process.exit(1)
  }
  let text = ''
  try {
    text = readFileSync(configPath, 'utf8')
  } catch {
    refuse(`Can't open config file ${configPath}: bad file`)
  }
  const result = readCraneConfig(text, role, hostname())
  if (result.kind === 'exit') refuse(result.message)
  if (result.kind === 'abort') {
    process.stderr.write(
      `terminate called after throwing an instance of 'YAML::Exception'\n  what():  ${result.message}\n`,
    )
    process.kill(process.pid, 'SIGABRT')
    throw new Error('aborting')
  }
  if (result.kind !== 'ok') throw new Error('unreachable')
  const { config, warnings } = result
  const log = openLog(join(config.baseDir, config.logFile))
  for (const warning of warnings) log('WARN', warning)
  for (const { name } of config.nodes)
    if (role === 'craned' && !resolves(name)) {
      log('ERROR', `Init error: Cannot resolve hostname of \`${name}\``)
      process.exit(1)
    }
  return { config, log }
}

/** The stand-in looks at /etc/hosts and literal addresses only: a lab host has no DNS. */
export function resolves(name: string): boolean {
  if (/^\d+(\.\d+){3}$/.test(name)) return true
  const lines = readFileSync('/etc/hosts', 'utf8').split('\n')
  return lines.some((line) => line.replace(/#.*/, '').trim().split(/\s+/).slice(1).includes(name))
}

/** A JSON file kept over restarts. */
export function keepJson(file: string, value: unknown): void {
  mkdirSync(dirname(file), { recursive: true })
  writeFileSync(file, JSON.stringify(value))
}

export function keptJson<T>(file: string, fallback: T): T {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as T
  } catch {
    return fallback
  }
}

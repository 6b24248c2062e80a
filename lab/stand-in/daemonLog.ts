/** A daemon's log file and standard error, in the manner of CraneSched's lines. */
import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'

export type Level = 'INFO' | 'WARN' | 'ERROR'
export type Log = (level: Level, message: string) => void

/** A log function that appends to `file` and, for a daemon, writes to standard error too (where journald picks it up). */
export function openLog(file: string, alsoStderr = true): Log {
  mkdirSync(dirname(file), { recursive: true })
  return (level, message) => {
    const line = `[${new Date().toISOString()}] [${level}] ${message}\n`
    appendFileSync(file, line)
    if (alsoStderr) process.stderr.write(line)
  }
}

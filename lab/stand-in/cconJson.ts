/** The `flags` part of what ccon prints with --json: every flag of the subcommand with its value or default. */
import type { CconCommand, RunCommand } from './parseCcon.ts'

export const runFlagsJson = ({ flags }: RunCommand): Record<string, unknown> => ({
  Name: flags.text('name') ?? '',
  Ports: flags.list('ports'),
  Env: flags.list('env'),
  Volume: flags.list('volume'),
  Detach: flags.flag('detach') ?? false,
  Interactive: flags.flag('interactive') ?? false,
  Tty: flags.flag('tty') ?? false,
  Entrypoint: flags.text('entrypoint') ?? '',
  User: flags.text('user') ?? '',
  UserNS: flags.flag('userns') ?? false,
  Network: flags.text('network') ?? 'default',
  Workdir: flags.text('workdir') ?? '',
  Cpus: Number(flags.text('cpus') ?? 0),
  Memory: flags.text('memory') ?? '',
  Gpus: flags.text('gpus') ?? '',
  PullPolicy: flags.text('pull-policy') ?? '',
  Dns: flags.list('dns'),
})
export const listFlagsJson = ({ all, quiet }: { all: boolean; quiet: boolean }): Record<string, unknown> => ({
  All: all,
  Quiet: quiet,
})
export const logFlagsJson = (logs: Extract<CconCommand, { kind: 'logs' }>): Record<string, unknown> => ({
  Follow: logs.follow,
  Tail: logs.tail,
  Timestamps: logs.timestamps,
  Since: logs.since,
  Until: logs.until,
  TargetNode: logs.node,
})

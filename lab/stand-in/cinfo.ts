/** Stand-in for CraneSched's `cinfo`: partitions and the states of their nodes, as a table or with --json. */
import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { askJson } from './jsonLines.ts'

interface PartitionInfo {
  name: string
  nodes: { name: string; state: string }[]
}

try {
  const config = parse(readFileSync('/etc/crane/config.yaml', 'utf8')) as Record<string, unknown>
  const { partitions } = await askJson<{ partitions: PartitionInfo[] }>(
    String(config['ControlMachine']),
    Number(config['CraneCtldListenPort']),
    { type: 'nodes' },
  )
  const rows = partitions.flatMap(({ name, nodes }) =>
    [...new Set(nodes.map(({ state }) => state))].map((state) => {
      const names = nodes.filter((node) => node.state === state).map((node) => node.name)
      return { name, avail: 'up', nodes: names.length, state, nodelist: names.join(',') }
    }),
  )
  if (process.argv.includes('--json')) process.stdout.write(`${JSON.stringify({ partition_craned_lists: rows })}\n`)
  else
    for (const row of [['PARTITION', 'AVAIL', 'NODES', 'STATE', 'NODELIST'], ...rows.map((one) => Object.values(one))])
      process.stdout.write(`${row.map((cell, column) => String(cell).padEnd([10, 6, 6, 6][column] ?? 0)).join(' ')}\n`)
} catch {
  process.stderr.write('Failed to query cluster info: Connection to CraneCtld is broken.\n')
  process.exitCode = 3
}

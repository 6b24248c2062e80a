// Writes docs/doctor.md from the checks themselves: `npm run docs`. A test fails when it is out of date.
import { writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { AnyCheckArea } from '../src/container/defineChecks.ts'
import { loadChecks } from '../src/run/loadChecks.ts'

const HEAD = `# What doctor looks for

Written from the files in \`checks/\` by \`npm run docs\`. \`crane-play doctor -i INVENTORY\` asks all hosts of the groups
\`control\`, \`compute\` and \`login\` once, changes nothing, and prints what it finds: the hosts, the cause, the symptom, the
evidence, and the fix. Much of it can be read by root alone: log in as root, or use \`-b\`. \`--json\` prints one JSON
object. \`--fix\` shows what the playbooks would change, asks, and changes it; \`--yes\` does not ask.

Exit status: 0 nothing found, 3 something found, 2 a host could not be judged, 4 a host could not be reached.
`

/** What users do wrong leaves no trace on a host that a check could look for. */
const OF_USERS = `## What no host shows

| symptom | cause | fix |
| --- | --- | --- |
| \`ccon run -p CPU …\`: invalid port mapping | flags for the scheduler stand before \`run\`; after it, \`-p\` maps ports | \`ccon -p CPU run IMAGE COMMAND\` |
| the container fails with 324 | a \`--\` after the image is taken for the command | leave it out |
| \`Invalid container ID format\`, \`CONTAINER must be in JOBID.STEPID format\` | the id has no step, or step 0, which is the pod | \`ccon ps -a -q\` lists ids; the container of \`ccon run\` is JOB.1 |
| \`ccon run\` in the foreground leaves with 4 though the container ran | it asks for the stream every 10 seconds, and a short job is over by then | submit with \`-d\`, then \`ccon inspect\` and \`ccon logs\` |
| \`ccon logs\`: Target node must be specified | the container is not running any more | \`ccon logs -n NODE JOB.1\` |
| \`ccon logs\` prints nothing, or there is no log file | the program writes to files, or the working directory is not shared by the hosts | read \`JOB.out/\` in the working directory on the node |
| \`ccon exec\`: command not found | the image does not have that shell | \`ccon exec JOB.1 /bin/sh\` |
| \`--userns false\` is refused | truth values need an equals sign | \`--userns=false\` |
| \`-w crane[02-04]\` is refused | \`-w\` takes plain names with commas | write the names out |
| \`-N 4\` runs on one node | the number of tasks is 1 | \`-N 4 -n 4\` |
| a job becomes a step of another job | \`CRANE_JOB_ID\` is set in the environment | unset it |
| the entered account or user does not include this partition | the user has no right to the partition | \`cacctmgr add user …\` |
`

/** The whole text of docs/doctor.md. */
export async function doctorReference(): Promise<string> {
  return [HEAD, ...Array.from((await loadChecks()).values(), section), OF_USERS].join('\n')
}

function section({ title, on, checks }: AnyCheckArea): string {
  const rows = checks.map(
    ({ name, symptom, cause, fix, playbook }) =>
      `| \`${name}\` | ${cell(symptom)} | ${cell(cause)} | ${cell(fix)}${playbook === undefined ? '' : ` (\`${playbook}\`)`} |`,
  )
  return [
    `## ${title.charAt(0).toUpperCase()}${title.slice(1)}\n`,
    `Asked on hosts of ${on.map((role) => `\`${role}\``).join(', ')}.\n`,
    '| check | symptom | cause | fix |',
    '| --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

const cell = (text: string): string => text.replaceAll('|', '\\|')

if (process.argv[1] === fileURLToPath(import.meta.url))
  writeFileSync(new URL('../docs/doctor.md', import.meta.url), await doctorReference())

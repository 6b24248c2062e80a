// What `--list-hosts`, `--list-tasks`, `--list-tags` and `--syntax-check` print: a checked playbook, nothing run.
import type { PlaySpec, ValidPlaybook } from '../model/playbook.ts'
import { leavesOf, type TaskSpec } from '../model/playTree.ts'
import { escapeLine } from '../report/escapeControl.ts'
import { countOf, nodeSet } from '../report/foldHosts.ts'

type Listing = 'list-hosts' | 'list-tasks' | 'list-tags' | 'syntax-check'

/** Whole lines. */
export function renderListing(playbook: ValidPlaybook, mode: Listing): string {
  if (mode === 'syntax-check') return `${summary(playbook)}\n`
  const lines = playbook.plays.flatMap((play) => {
    const body = BODY[mode](play)
    // `--tags` left nothing of it.
    if (body.length === 0 && tasksOf(play).length === 0) return []
    const head = `PLAY ${escapeLine(play.name)}: ${nodeSet(play.hosts)} (${countOf(play.hosts.length, 'host')})`
    return [head, ...body.map((line) => `  ${line}`)]
  })
  return lines.map((line) => `${line}\n`).join('')
}

const BODY: Readonly<Record<Exclude<Listing, 'syntax-check'>, (play: PlaySpec) => string[]>> = {
  'list-hosts': (play) => play.hosts.map((host) => escapeLine(host)),
  'list-tasks': (play) => [
    ...tasksOf(play).map(taskLine),
    ...play.handlers.map((task) => `${taskLine(task)}  (handler)`),
  ],
  'list-tags': (play) => [...new Set(tasksOf(play).flatMap((task) => task.tags))].sort(),
}

const tasksOf = ({ preTasks = [], tasks, postTasks = [] }: PlaySpec): readonly TaskSpec[] =>
  leavesOf([...preTasks, ...tasks, ...postTasks])

function taskLine(task: TaskSpec): string {
  const tags = task.tags.length > 0 ? `  [${task.tags.join(', ')}]` : ''
  return `${escapeLine(task.name, 200)}  (${task.type}, ${escapeLine(task.at.file)}:${task.at.line})${tags}`
}

function summary({ files, plays }: ValidPlaybook): string {
  const tasks = plays.reduce((sum, play) => sum + tasksOf(play).length, 0)
  const hosts = new Set(plays.flatMap((play) => play.hosts)).size
  const counts = [countOf(plays.length, 'play'), countOf(tasks, 'task'), countOf(hosts, 'host')]
  return `${files.map((file) => escapeLine(file)).join(', ')}: no mistake found in ${counts.join(', ')}`
}

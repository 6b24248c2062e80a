// The cases that are measured: hosts, work, the state before the run, and the tools that take part.
import type { Work } from './contender.ts'

/** The state in which each run of a case finds the hosts. */
export type Start =
  /** Deployed by an earlier run: nothing is left to do. */
  | 'deployed'
  /** Deployed, but one file has other content on every host. */
  | 'drifted'
  /** As new. */
  | 'fresh'

export interface Case {
  readonly title: string
  readonly hosts: number
  readonly work: Work
  readonly start: Start
  readonly expected: 'unchanged' | 'changed'
  /** Interleaved: each tool runs once before any runs again. */
  readonly runs: number
  /** Contenders' ids; absent: all that have a command for the work. */
  readonly only?: readonly string[]
}

/** `nothing to change: 11 tasks, 20 hosts` */
export const tableOf = ({ title, work, hosts }: Case): string => `${title}: ${work.tasks} tasks, ${hosts} hosts`

const UNCHANGED = { title: 'nothing to change', start: 'deployed', expected: 'unchanged' } as const
const DRIFTED = { title: 'one file changed on every host', start: 'drifted', expected: 'changed' } as const
const CHECK = { title: 'check mode, one file would change', start: 'drifted', expected: 'changed' } as const
const FRESH = { title: 'everything to change', start: 'fresh', expected: 'changed' } as const

const apply = (tasks: 11 | 100): Work => ({ tasks, check: false })
const check: Work = { tasks: 11, check: true }

/** Eleven tasks, a hundred, and a hundred in blocks. */
const MORE_TASKS = ['crane-play-11', 'crane-play', 'crane-play-blocks']

/** Tools that take seconds, not minutes, for hundreds of tasks. */
const QUICK_TOOLS = [...MORE_TASKS, 'pyinfra', 'pdsh', 'clush', 'pdsh-true', 'clush-true', 'ssh2-true', 'node']

/**
 * Every tool meets every case on few hosts, and the claim that matters most on more. Ansible takes minutes for one run of
 * a hundred tasks or on 32 hosts, so there Mitogen, the fastest of its kind, stands for it.
 */
export const FULL_PLAN: readonly Case[] = [
  { ...FRESH, hosts: 4, work: apply(11), runs: 5, only: ['crane-play', 'ansible-tuned', 'mitogen', 'pyinfra', 'pdsh'] },
  { ...UNCHANGED, hosts: 4, work: apply(11), runs: 5 },
  { ...DRIFTED, hosts: 4, work: apply(11), runs: 5 },
  { ...CHECK, hosts: 4, work: check, runs: 5 },
  { ...UNCHANGED, hosts: 4, work: apply(100), runs: 5, only: [...QUICK_TOOLS, 'mitogen'] },
  { ...UNCHANGED, hosts: 20, work: apply(11), runs: 5 },
  // How much a task more costs is a few hundredths of the whole, which five runs do not show.
  {
    ...UNCHANGED,
    hosts: 20,
    work: apply(100),
    runs: 30,
    only: [...MORE_TASKS, 'pdsh-true', 'clush-true', 'ssh2-true'],
  },
  { ...DRIFTED, hosts: 20, work: apply(11), runs: 7, only: QUICK_TOOLS },
  { ...CHECK, hosts: 20, work: check, runs: 7, only: QUICK_TOOLS },
  { ...UNCHANGED, hosts: 32, work: apply(11), runs: 5, only: [...QUICK_TOOLS, 'mitogen'] },
]

/** For every change to the product: crane-play against pdsh and the floors. */
export const QUICK_PLAN: readonly Case[] = [
  { ...FRESH, hosts: 4, work: apply(11), runs: 1, only: ['pdsh', 'crane-play'] },
  { ...UNCHANGED, hosts: 4, work: apply(11), runs: 5 },
  { ...DRIFTED, hosts: 4, work: apply(11), runs: 3, only: ['crane-play', 'pdsh'] },
  { ...CHECK, hosts: 4, work: check, runs: 3, only: ['crane-play'] },
  {
    ...UNCHANGED,
    hosts: 4,
    work: apply(100),
    runs: 5,
    only: [...MORE_TASKS, 'pdsh-true'],
  },
]

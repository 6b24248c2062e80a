// Runs the same deployment with every tool in turn on the same hosts, and compares the costs and the results.
import { join } from 'node:path'
import { labReset, labUp } from '../../lab/index.ts'
import { installTools } from '../../lab/machine.ts'
import { exact } from '../makeChecks.ts'
import type { BenchOptions, BenchResult, Check } from '../result.ts'
import { figure } from '../statistics.ts'
import { type Case, FULL_PLAN, QUICK_PLAN, tableOf } from './cases.ts'
import type { Contender, Outcome } from './contender.ts'
import { ansible } from './contenders/ansible.ts'
import { countRoundTrips, cranePlay } from './contenders/cranePlay.ts'
import { floors } from './contenders/floors.ts'
import { pyinfra } from './contenders/pyinfra.ts'
import { shellTools } from './contenders/shellTools.ts'
import { countForks } from './countForks.ts'
import { deployment, DRIFTING_FILE } from './deployment.ts'
import { differences, digestOf, type HostState, readHostState } from './hostState.ts'
import { controllerRoom, imageWith } from './installTools.ts'
import { type Measured, measureCommand } from './measureCommand.ts'
import { ratioChecks } from './ratioChecks.ts'
import { Room } from './room.ts'
import { introduce, labHosts, openDirectory, type World } from './world.ts'

export async function run(options: BenchOptions): Promise<BenchResult[]> {
  const plan = (options.quick ? QUICK_PLAN : FULL_PLAN).filter((one) => tableOf(one).includes(options.only ?? ''))
  const results: BenchResult[] = []
  const directory = await openDirectory()
  await installTools(options.say, { '/usr/bin/strace': 'strace' })
  const pdsh = await Room.open(await imageWith(['pdsh'], options.say))
  const controller = options.quick ? undefined : await Room.open(await controllerRoom(options.say))
  const layer = options.quick ? undefined : join((await imageWith(PYTHON_ON_HOSTS, options.say)).layer, 'upper')
  try {
    for (const hosts of new Set(plan.map((one) => one.hosts))) {
      const lab = await labUp({ hosts, say: options.say, ...(layer !== undefined && { layer }) })
      await labReset('all')
      const world: World = { lab, hosts: labHosts(lab), pdsh, ...directory, ...(controller && { controller }) }
      for (const room of [pdsh, controller]) if (room) introduce(room, lab, world.hosts)
      const bench = new PeersRun(world, await contendersOf(world, results, hosts), options.say)
      for (const one of plan.filter((candidate) => candidate.hosts === hosts))
        results.push(...(await bench.measure(one)))
    }
  } finally {
    await pdsh.close()
    await controller?.close()
    directory.remove()
  }
  return ratioChecks(results, options.quick)
}

/** Ansible, and Mitogen with it, work with a Python on each host, and ask its apt. */
const PYTHON_ON_HOSTS = ['python3', 'python3-apt']

/** A tool that cannot be had is reported as such. */
async function contendersOf(world: World, results: BenchResult[], hosts: number): Promise<Contender[]> {
  const found: Contender[] = [...floors(world)]
  for (const [name, introduceTool] of Object.entries({ cranePlay, ansible, pyinfra, shellTools })) {
    try {
      found.push(...(await introduceTool(world)))
    } catch (error) {
      const note = `could not be had: ${error instanceof Error ? error.message : String(error)}`
      results.push({
        part: 'peers',
        table: 'not measured',
        subject: name,
        hosts,
        tasks: 0,
        runs: 0,
        figures: {},
        checks: [],
        note,
      })
    }
  }
  return found
}

interface Sample {
  readonly measured: Measured
  readonly outcome: Outcome
}

class PeersRun {
  readonly #world: World
  readonly #contenders: readonly Contender[]
  readonly #say: (line: string) => void
  /** The deployment that the hosts have now. */
  #deployed: 11 | 100 | undefined
  /** What the first tool that deployed left, by the number of tasks. */
  readonly #reference = new Map<number, ReadonlyMap<string, HostState>>()

  constructor(world: World, contenders: readonly Contender[], say: (line: string) => void) {
    this.#world = world
    this.#contenders = contenders
    this.#say = say
  }

  async measure(one: Case): Promise<BenchResult[]> {
    const { hosts, work, runs } = one
    const table = tableOf(one)
    const takingPart = this.#contenders.filter(
      (contender) => (one.only?.includes(contender.id) ?? true) && contender.command(work) && fits(contender, one),
    )
    if (one.start !== 'fresh') await this.#deploy(work.tasks)
    const samples = new Map<Contender, Sample[]>(takingPart.map((contender) => [contender, []]))
    const states = new Map<Contender, ReadonlyMap<string, HostState>>()
    for (let turn = 1; turn <= runs; turn++) {
      for (const [contender, taken] of samples) {
        await this.#prepare(one)
        const sample = await this.#run(contender, one)
        taken.push(sample)
        this.#say(`${table}: ${turn} of ${runs}: ${contender.title}: ${(sample.measured.wallMs / 1000).toFixed(2)} s`)
        if (contender.kind === 'deploys' && !work.check && turn === 1)
          states.set(contender, await this.#readState(work.tasks))
      }
    }
    const rows = [...samples].map(([contender, taken]): BenchResult => {
      const state = states.get(contender)
      const checks = [outcomeCheck(one, contender, taken), ...(state ? [this.#stateCheck(work.tasks, state)] : [])]
      const figures = {
        wall: figure(
          'ms',
          taken.map(({ measured }) => measured.wallMs),
        ),
        'controller CPU': figure(
          'ms',
          taken.map(({ measured }) => measured.cpuMs),
        ),
        'peak memory': figure(
          'bytes',
          taken.map(({ measured }) => measured.peakBytes),
        ),
      }
      return {
        part: 'peers',
        table,
        subject: contender.title,
        id: contender.id,
        hosts,
        tasks: work.tasks,
        runs,
        figures,
        checks,
      }
    })
    const counted: BenchResult[] = []
    for (const row of rows)
      counted.push(row.id?.match(/^crane-play(-blocks)?$/) ? await this.#withTraffic(row, one) : row)
    return counted
  }

  /** By a tool that is not measured at that moment. */
  async #deploy(tasks: 11 | 100): Promise<void> {
    if (this.#deployed === tasks) return
    this.#say(`deploying ${tasks} tasks on ${this.#world.hosts.length} hosts`)
    const crane = this.#contenders.find(({ id }) => id === 'crane-play')
    const command = crane?.command({ tasks, check: false })
    if (!crane || !command) throw new Error('crane-play is not among the contenders')
    const measured = await measureCommand(command.words, command.cwd)
    const outcome = crane.outcome(measured)
    if (typeof outcome === 'object') throw new Error(`the hosts could not be deployed: ${outcome.failed}`)
    this.#deployed = tasks
    if (!this.#reference.has(tasks)) this.#reference.set(tasks, await this.#readState(tasks))
  }

  async #prepare({ start, work }: Case): Promise<void> {
    if (start === 'fresh') {
      await labReset('all')
      this.#deployed = work.tasks
    }
    if (start === 'drifted') {
      for (const host of this.#world.hosts) {
        // As a person would: the file is another one, with the attributes it had.
        const { exitCode, stderr } = await host.exec(`echo '# edited by hand' >> ${DRIFTING_FILE}`)
        if (exitCode !== 0) throw new Error(`${DRIFTING_FILE} could not be edited on ${host.name}: ${stderr}`)
      }
    }
  }

  async #run(contender: Contender, { work }: Case): Promise<Sample> {
    const command = contender.command(work)
    if (!command) throw new Error(`${contender.id} has no command for this`)
    const measured = await measureCommand(command.words, command.cwd)
    return { measured, outcome: contender.outcome(measured) }
  }

  async #readState(tasks: 11 | 100): Promise<ReadonlyMap<string, HostState>> {
    const steps = deployment(tasks)
    const states = await Promise.all(
      this.#world.hosts.map(async (host) => [host.name, await readHostState(host, steps)] as const),
    )
    return new Map(states)
  }

  /** The same files, packages and units on the hosts, whoever put them there. */
  #stateCheck(tasks: number, found: ReadonlyMap<string, HostState>): Check {
    const expected = this.#reference.get(tasks) ?? found
    this.#reference.set(tasks, expected)
    const different = differences(expected, found)
    return {
      what: 'what it leaves on the hosts',
      expected: `digest ${digestOf(expected)}`,
      measured: `digest ${digestOf(found)}${different.length ? ` (${different.slice(0, 2).join('; ')})` : ''}`,
      passed: different.length === 0,
    }
  }

  async #withTraffic(row: BenchResult, plain: Case): Promise<BenchResult> {
    if (plain.start === 'fresh') return row
    const one = row.id === 'crane-play' ? plain : { ...plain, work: { ...plain.work, blocks: true } }
    await this.#prepare(one)
    const { roundTrips } = await countRoundTrips(this.#world, one.work)
    await this.#prepare(one)
    const [asked = Number.NaN] = await countForks(this.#world, one.work)
    const most = one.expected === 'changed' && !one.work.check ? 2 : 1
    return {
      ...row,
      figures: {
        ...row.figures,
        'round trips': figure('count', [roundTrips]),
        'processes started on a host': figure('count', [asked]),
      },
      checks: [
        ...row.checks,
        exact('round trips of a host after the handshake', most, roundTrips),
        exact('processes that a host starts to answer what is asked', FORKS, asked),
      ],
    }
  }
}

/**
 * A subshell for each of three kinds of question, which a hostile answer cannot leave; dpkg-query; stat and head;
 * systemctl. As many for a hundred tasks as for eleven.
 */
const FORKS = 7

/** What only connects is the measure for runs that change nothing. */
const fits = (contender: Contender, { expected }: Case): boolean =>
  contender.kind === 'deploys' || expected === 'unchanged'

function outcomeCheck({ expected }: Case, contender: Contender, samples: readonly Sample[]): Check {
  const said = samples.map(({ outcome }) => (typeof outcome === 'object' ? outcome.failed : outcome))
  const wanted = contender.kind === 'floor' ? 'unchanged' : expected
  const wrong = said.filter((word) => word !== wanted)
  return {
    what: 'what the tool says of itself',
    expected: `${wanted} in every run`,
    measured: wrong.length ? `${wrong.length} of ${said.length}: ${wrong[0]}` : `${wanted} in every run`,
    passed: wrong.length === 0,
  }
}

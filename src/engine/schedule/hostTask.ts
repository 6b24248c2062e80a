// One task on one host: facts that it reads first, loops, attempts, delegates, waits.
import type { Json } from '../../model/inventory.ts'
import type { Scope } from '../../model/computed.ts'
import { attempts } from '../perform/attempts.ts'
import { judge } from '../perform/judge.ts'
import type { Runner } from '../perform/runner.ts'
import { threw, type WorkItem } from '../perform/workItem.ts'
import { failed, INTERRUPTED, type TaskOutcome } from '../perform/taskOutcome.ts'
import type { RunEventBody } from '../../model/runEvent.ts'
import type { PreparedPlay } from '../prepare.ts'
import type { WantedFact } from '../resolve/factReader.ts'
import { type Ready, type ReadyItem, type ReadyTask, type Unready, whyNot, within } from '../resolve/readyTask.ts'
import { joinItems, resultOf } from './taskResult.ts'

export interface PlayRunInput {
  readonly runner: Runner
  readonly play: PreparedPlay
  readonly emit: (body: RunEventBody) => void
  readonly clock: () => number
}

/** The facts that it needs to be said are known. */
type Settled = Exclude<ReadyTask, Unready>
type Resolves = Extract<Ready, { resolved: unknown }>

/** What a task comes to, and the facts that it reads. */
interface Asked {
  readonly ready: Ready
  readonly facts: readonly WantedFact[]
}

/** What is undecided is so on the host that it would have been made on. */
const isDecided = (ready: Ready): ready is Extract<Ready, { outcome: unknown }> =>
  'outcome' in ready && ready.outcome.outcome !== 'undecided'

export class HostTask {
  readonly #input: PlayRunInput
  /** Resolves when the next host may take its turn with the delegate of its task. */
  #turns: Promise<unknown> = Promise.resolve()
  readonly #answers = new Map<string, Promise<string | undefined>>()
  #asked: Promise<unknown> = Promise.resolve()

  constructor(input: PlayRunInput) {
    this.#input = input
  }

  /** `start` is called before something is reported of it. Synchronous where nothing is asked of the host. */
  outcome(item: WorkItem, start: () => void): TaskOutcome | Promise<TaskOutcome> {
    const go = (ready: Settled) => {
      if ('items' in ready) return this.#loop(item, ready.items, ready.facts, start)
      if (item.task.plain) return this.#input.runner.outcome(item, ready)
      return this.#special(item, { ready, facts: ready.facts ?? [] })
    }
    const ready = this.#ready(item)
    if (item.task.spec.delegateTo) return this.#inOrder(item, ready, go)
    return ready instanceof Promise ? ready.then(go) : go(ready)
  }

  /**
   * Hosts that delegate get their turn in the order of the play, whichever knows its facts first. Where facts are read,
   * what one does, on whatever host, may change what the next one reads: it begins when the one before is done.
   */
  async #inOrder<T>(
    item: WorkItem,
    ready: Settled | Promise<Settled>,
    go: (ready: Settled) => T | Promise<T>,
  ): Promise<T> {
    const before = this.#turns
    let next = () => {}
    this.#turns = new Promise<void>((resolve) => (next = resolve))
    try {
      const [settled] = await Promise.all([ready, before])
      if (!settled.facts) return go(settled)
      return await go(await this.#ready(item))
    } finally {
      next()
    }
  }

  /** Of a task that stands for a file; undefined where it cannot be said, or the task does not run. */
  async chosenFile(item: WorkItem): Promise<string | undefined> {
    const ready = await this.#ready(item)
    return 'resolved' in ready ? String(ready.resolved.params['file']) : undefined
  }

  #ready(item: WorkItem): Settled | Promise<Settled> {
    const { runner } = this.#input
    runner.observer.forgetOld(item.run)
    let ready = this.#evaluate(item)
    if (ready.facts && runner.forgetFacts(item, ready.facts)) ready = this.#evaluate(item)
    return 'likely' in ready ? this.#learnFirst(item, ready) : ready
  }

  /** Facts may decide which facts are read next. */
  async #learnFirst(item: WorkItem, unready: Unready): Promise<Settled> {
    let ready: ReadyTask = unready
    try {
      while ('likely' in ready) {
        const lost = await this.#input.runner.learn(item, ready.facts, ready.likely)
        if (lost) return { outcome: lost }
        ready = this.#evaluate(item)
      }
      return ready
    } catch (error) {
      return { outcome: threw(item, error) }
    }
  }

  #evaluate(item: WorkItem): ReadyTask {
    try {
      return this.#input.runner.resolver.ready(item.play, item.task, item.run)
    } catch (error) {
      return { outcome: threw(item, error) }
    }
  }

  /** Asks the facts that the evaluation turns out to read, and evaluates again. `lost`: they could not be asked. */
  #withFacts<T>(item: WorkItem, evaluate: (scope: Scope) => T, lost: (outcome: TaskOutcome) => T): T | Promise<T> {
    const { runner } = this.#input
    const { scope, look } = runner.view(item)
    const value = evaluate(scope)
    if (look.missing === 0) return value
    return runner
      .learn(item, look.wanted)
      .then((outcome) => (outcome ? lost(outcome) : this.#withFacts(item, evaluate, lost)))
  }

  /** With attempts, a delegate, a wait, or an outcome that is judged by the task's own result. */
  #special(item: WorkItem, asked: Asked): TaskOutcome | Promise<TaskOutcome> {
    const { runner } = this.#input
    const { delegateTo } = item.task.spec
    if (isDecided(asked.ready)) return asked.ready.outcome
    if (!delegateTo) return this.#worked(item, asked)
    const { scope, look } = runner.view(item)
    const name = delegateTo.evaluate(delegateTo.constant ? {} : scope)
    if (!name.ok) {
      if (name.unknown) runner.doubtAnywhere(item)
      return whyNot(name, look)
    }
    const on = runner.hostRun(name.value)
    if (!on) return failed({ cause: `delegate_to: there is no host '${name.value}' in the inventory` })
    return on.inTurn(async () => {
      const outcome = await this.#worked({ ...item, on }, asked)
      return outcome === INTERRUPTED || on === item.run ? outcome : { ...outcome, delegate: on.host.name }
    })
  }

  #worked(item: WorkItem, { ready, facts }: Asked): TaskOutcome | Promise<TaskOutcome> {
    const { runner, emit } = this.#input
    const { task } = item
    const { retry, type } = task.spec
    const judged = (outcome: TaskOutcome) =>
      outcome === INTERRUPTED
        ? outcome
        : this.#withFacts(
            item,
            (scope) => judge(task, outcome, () => scope),
            (lost) => ({ ...outcome, ...lost }),
          )
    const once = (attempt: string | undefined) => {
      if (attempt !== undefined && 'resolved' in ready) runner.forget(item, ready.resolved, facts)
      const outcome = runner.outcome(attempt === undefined ? item : { ...item, attempt }, ready)
      return outcome instanceof Promise ? outcome.then(judged) : judged(outcome)
    }
    const work = () =>
      retry
        ? attempts({
            task,
            retry,
            scope: () => runner.view(item).scope,
            withFacts: (evaluate, lost) => this.#withFacts(item, evaluate, lost),
            once,
            waits: (what) => emit({ type: 'task-running', task: task.ref, host: item.run.host.name, what }),
            looksOnce: runner.checks(item),
            wait: (ms) => runner.wait(ms),
          })
        : once(undefined)
    return type === 'pause' && 'resolved' in ready ? this.#pause(item, ready, work) : work()
  }

  /** Once for all hosts of the batch that would ask the same; one question after the other. */
  #ask({ task, loopVariables }: WorkItem, question: string): Promise<string | undefined> {
    const key = JSON.stringify([task.spec.id, loopVariables, question])
    let answer = this.#answers.get(key)
    if (!answer) {
      answer = this.#asked.then(() => this.#input.runner.ask(question))
      this.#asked = answer
      this.#answers.set(key, answer)
    }
    return answer
  }

  async #pause(item: WorkItem, ready: Resolves, work: () => TaskOutcome | Promise<TaskOutcome>): Promise<TaskOutcome> {
    const { runner } = this.#input
    const { seconds = 0, prompt } = ready.resolved.params
    const asks = typeof prompt === 'string'
    if (runner.checks(item)) return asks ? { outcome: 'ok', note: `would ask: ${prompt}`, predicted: true } : work()
    if (asks) {
      const answer = await this.#ask(item, prompt)
      if (runner.stopping) return INTERRUPTED
      if (answer === undefined)
        return failed({ cause: 'there is no terminal to ask on', hint: 'delete the task, or run it on a terminal' })
      return { outcome: 'ok', data: { answer } }
    }
    return (await runner.wait(Number(seconds) * 1000)) ? work() : INTERRUPTED
  }

  async #loop(
    item: WorkItem,
    items: readonly ReadyItem[],
    facts: readonly WantedFact[] | undefined,
    start: () => void,
  ): Promise<TaskOutcome> {
    const { runner, emit, clock } = this.#input
    const { task, run } = item
    const { loop } = task.spec
    const values = items.map(({ variables }) => variables[loop?.as ?? ''] as Json)
    const outcomes: TaskOutcome[] = []
    for (const [i, { variables, ready: before }] of items.entries()) {
      if (runner.stopping || outcomes.at(-1)?.lost) break
      if (i > 0 && loop?.pauseSeconds && !runner.checks(item) && !(await runner.wait(loop.pauseSeconds * 1000))) break
      const began = clock()
      const one = { ...item, loopVariables: variables }
      // An item before it may have changed what the facts are.
      const ready = facts && i > 0 ? itemOf(await this.#ready(item), i) : before
      const outcome = await (task.plain
        ? runner.outcome(one, ready)
        : this.#special(one, { ready, facts: facts ?? [] }))
      if (outcome === INTERRUPTED || runner.over) return INTERRUPTED
      outcomes.push(outcome)
      start()
      const label = loop?.label?.evaluate(within(runner.view(one).scope, variables))
      emit({
        type: 'item-result',
        task: task.ref,
        host: run.host.name,
        result: {
          ...resultOf(task, outcome, clock() - began, {}),
          item: label?.ok ? label.value : (values[i] ?? null),
        },
      })
    }
    return joinItems(task, outcomes, values)
  }
}

/** Where the list is another one by now, what was begun is not done with items that are not in it. */
function itemOf(ready: Settled, index: number): Ready {
  if (!('items' in ready)) return ready
  return ready.items[index]?.ready ?? { outcome: { outcome: 'skipped', note: 'the item is not in the list any more' } }
}

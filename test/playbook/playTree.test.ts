// Blocks, and the words of plays and tasks beyond a plain list: what becomes of each, and what is said of a wrong one.
import { describe, expect, test } from 'vitest'
import { type BlockSpec, leavesOf, type PlayNode, type TaskSpec } from '../../src/model/playTree.ts'
import { UNKNOWN } from '../../src/model/computed.ts'
import { mistakesIn, play, told, valid } from './world.ts'

describe('words of plays and tasks', () => {
  const shape = (nodes: readonly PlayNode[]): unknown =>
    nodes.map((node) => {
      if (node.kind === 'choice')
        return Object.fromEntries([...node.branches].map(([file, inner]) => [file, shape(inner)]))
      return node.kind === 'block' ? [shape(node.body), shape(node.rescue), shape(node.always)] : node.name
    })

  const only = (tasks: string, head = ''): TaskSpec => {
    const leaf = leavesOf(valid(play(tasks, head)).plays[0]?.tasks ?? []).at(-1)
    if (!leaf) throw new Error('no task')
    return leaf
  }

  const BLOCK = `- name: outer
  block:
    - { name: a, run: x, tags: [t] }
    - block: [{ name: b, run: x }]
      always: [{ name: c, run: x }]
  rescue:
    - { name: d, run: "{{ failure.task }}" }
  always:
    - { name: e, run: x }
  when: port > 1
  tags: [u]
  become: true
  vars: { v: 1 }
- { name: f, run: x }
`

  test('a block is a tree, and its words are its tasks’', () => {
    const [first] = valid(play(BLOCK)).plays
    expect(shape(first?.tasks ?? [])).toEqual([[['a', [['b'], [], ['c']]], ['d'], ['e']], 'f'])
    const leaves = leavesOf(first?.tasks ?? [])
    expect(leaves.map(({ id }) => id)).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5'])
    expect(
      leaves.map(({ when, tags, become, vars }) => [when.length, tags, become?.enabled, Object.keys(vars)]),
    ).toEqual([
      [1, ['u', 't'], true, ['v']],
      ...['b', 'c', 'd', 'e'].map(() => [1, ['u'], true, ['v']]),
      [0, [], undefined, []],
    ])
    expect((first?.tasks[0] as BlockSpec | undefined)?.name).toBe('outer')
  })

  test('tags leave out tasks of a block, and a block of which nothing is left', () => {
    expect(shape(valid(play(BLOCK), { tags: ['t'] }).plays[0]?.tasks ?? [])).toEqual([[['a'], [], []]])
    expect(shape(valid(play(`${BLOCK}- { run: x, tags: [z] }`), { tags: ['z'] }).plays[0]?.tasks ?? [])).toEqual([
      'run',
    ])
  })

  test('the sections of a play come in their order, and their results are known afterwards', () => {
    const text = `- hosts: all
  pre_tasks: [{ run: x, register: a }]
  tasks: [{ run: "{{ a.stdout }}", register: b }]
  post_tasks: [{ run: "{{ b.stdout }}" }]
  ignore_errors: true
`
    const [first] = valid(text).plays
    expect([first?.preTasks, first?.tasks, first?.postTasks].map((part) => part?.length)).toEqual([1, 1, 1])
    expect(leavesOf(first?.tasks ?? [])[0]?.ignoreErrors).toBe(true)
  })

  test.each<[head: string, expected: Record<string, unknown>]>([
    ['serial: [1, "30%"]', { serial: [1, { percent: 30 }] }],
    ['serial: { by: partition }', { serial: { by: 'partition' } }],
    ['force_handlers: true', { forceHandlers: true }],
    ['max_fail_percentage: 25', { maxFailPercentage: 25 }],
    ['max_failures: 3', { maxFailures: 3 }],
    ['order: reverse_inventory', { hosts: ['crane04', 'crane03', 'crane02', 'crane01'] }],
    ['strategy: linear', {}],
  ])('%s', (head, expected) => {
    expect(valid(play('- run: x', `  ${head}\n`)).plays[0]).toMatchObject(expected)
  })

  test.each<[words: string, expected: Record<string, unknown>]>([
    ['ignore_unreachable: true', { ignoreUnreachable: true }],
    ['run_once: true', { runOnce: true }],
    ['throttle: 2', { throttle: 2 }],
    ['any_errors_fatal: true', { anyErrorsFatal: true }],
  ])('a task with %s', (words, expected) => {
    expect(only(`- run: x\n  ${words}`)).toMatchObject(expected)
  })

  test('conditions over its own result read it by `result` and by its name', () => {
    const task = only(
      '- run: x\n  register: r\n  until: [result.exitStatus == 0, r.stdout == "up"]\n  retries: 4\n  delay: "{{ port - 50050 }}"\n  changed_when: r.stdout != ""\n  failed_when: result.failed || r.exitStatus > 1\n',
    )
    const own = { changed: true, failed: false, skipped: false, outcome: 'changed', stdout: 'up', exitStatus: 0 }
    const scope = { port: 50051, result: own, r: own }
    expect(task.retry?.until.map((one) => one.evaluate(scope))).toEqual([
      { ok: true, value: true },
      { ok: true, value: true },
    ])
    expect(task.retry?.retries.evaluate(scope)).toEqual({ ok: true, value: 4 })
    expect(task.retry?.delaySeconds.evaluate(scope)).toEqual({ ok: true, value: 1 })
    expect(task.changedWhen?.[0]?.evaluate(scope)).toEqual({ ok: true, value: true })
    expect(task.failedWhen?.[0]?.evaluate(scope)).toEqual({ ok: true, value: false })
    expect(only('- run: x\n  until: result.exitStatus == 0').retry?.retries.evaluate({})).toEqual({
      ok: true,
      value: 3,
    })
  })

  test('a loop over a map has items with key and value, and a label', () => {
    const task = only(
      '- run: "{{ item.key }}"\n  loop: "{{ crane }}"\n  loop_control: { label: "{{ item.key }}", pause: 2 }',
    )
    expect(task.loop?.items.evaluate({ crane: { name: 'c' } })).toEqual({
      ok: true,
      value: [{ key: 'name', value: 'c' }],
    })
    expect(task.loop?.label?.evaluate({ item: { key: 'k' } })).toEqual({ ok: true, value: 'k' })
    expect(task.loop?.pauseSeconds).toBe(2)
    expect(only('- run: x\n  loop: { a: 1 }').loop?.items.evaluate({})).toEqual({
      ok: true,
      value: [{ key: 'a', value: 1 }],
    })
  })

  test('a delegate is the name of a host', () => {
    const task = only('- run: x\n  delegate_to: "{{ groups.control[0] }}"')
    expect(task.delegateTo?.evaluate({ groups: { control: ['crane01'] } })).toEqual({ ok: true, value: 'crane01' })
  })

  test.each([
    ['ansible_failed_task.name', 'write failure.task'],
    ['ansible_failed_result.msg', 'write failure.cause'],
    ['ansible_failed_result.rc', 'write failure.result.exitStatus'],
    ['ansible_failed_task.action', 'read failure.task, failure.cause or failure.result, in a rescue'],
  ])('a rescue that reads %s is shown what it is called here', (name, hint) => {
    const inRescue = (text: string) => play(`- block: [{ run: x }]\n  rescue: [{ run: "{{ ${text} }}" }]`)
    expect(mistakesIn(inRescue(name)).map((one) => one.hint)).toEqual([hint])
    const [, written] = /^write (.*)/.exec(hint) ?? []
    if (written !== undefined) expect(mistakesIn(inRescue(written))).toEqual([])
  })

  test('what setVars sets has the type of its expression, and is known to later tasks only', () => {
    expect(mistakesIn(play('- setVars: { a: "{{ port + 1 }}", b: x }\n- run: "{{ b }}"\n  when: a > 1'))).toEqual([])
    expect(told(mistakesIn(play('- setVars: { a: "{{ port + 1 }}" }\n- run: x\n  when: a == "x"')))).toEqual([
      `5:13 type-mismatch '==' does not work between an integer and a string; write string(a) == "x"`,
    ])
    expect(told(mistakesIn(play('- run: "{{ a }}"\n- setVars: { a: 1 }')))).toEqual([
      "3:16 unknown-variable there is no variable 'a'",
    ])
  })

  test('the conditions of assert are checked, and come with whether they hold', () => {
    const task = only('- assert: { that: [port > 1, partition == "x"], message: no }')
    expect(task.params.evaluate({ port: 2, partition: 'y' })).toEqual({
      ok: true,
      value: {
        that: [
          { condition: 'port > 1', holds: true },
          { condition: 'partition == "x"', holds: false },
        ],
        message: 'no',
      },
    })
    const written = only(
      '- assert:\n    that:\n      - \'"x" != partition\'\n      - >-\n        port > 1 &&\n        port < 3',
    )
    expect(written.params.evaluate({ port: 2, partition: 'y' })).toMatchObject({
      // As they are read: without YAML's quotes and line ends.
      value: { that: [{ condition: '"x" != partition' }, { condition: 'port > 1 && port < 3' }] },
    })
    expect(task.params.evaluate({ port: UNKNOWN, partition: 'y' })).toMatchObject({ ok: false, unknown: true })
    expect(told(mistakesIn(play('- assert: prt > 1')))).toEqual([
      "3:15 unknown-variable there is no variable 'prt'; did you mean 'port'?",
    ])
  })

  test('a parameter that is null is left out', () => {
    const task = only('- writeFile: { path: /x, content: "{{ has(special) ? special : null }}", mode: null }')
    expect(task.params.evaluate({})).toEqual({ ok: true, value: { path: '/x' } })
    expect(told(mistakesIn(play('- writeFile: { path: null }')))).toEqual([
      "3:7 missing-parameter writeFile needs 'path'; 'path': Where it is",
    ])
  })

  test.each([
    [
      'a loop of a block',
      '- block: [{ run: x }]\n  loop: [a]',
      "4:7 unsupported-keyword 'loop' is not supported in a block; a block has no loop: write 'loop' on its tasks, or put them in a file for 'import_tasks'",
    ],
    [
      'a rescue alone',
      '- run: x\n  rescue: []',
      "4:7 unsupported-keyword 'rescue' is not supported in a task; it goes with a 'block'",
    ],
    [
      'the failure outside of a rescue',
      '- run: "{{ failure.cause }}"',
      "3:16 unknown-variable there is no variable 'failure'",
    ],
    [
      'a field that a failure has not',
      '- block: [{ run: x }]\n  rescue: [{ run: "{{ failure.msg }}" }]',
      "4:35 unknown-field 'failure' (the failure) has no field 'msg'; choose from task, cause, hint, result",
    ],
    [
      'a field that its result has not',
      '- run: x\n  until: result.sdout == ""',
      "4:21 unknown-field 'result' (the result of run) has no field 'sdout'; did you mean 'stdout'?",
    ],
    ['its result in when', '- run: x\n  when: result.failed', "4:13 unknown-variable there is no variable 'result'"],
    [
      'retries of a word',
      '- run: x\n  retries: many',
      "4:16 wrong-type 'retries' must be a number from 0 up, not the string 'many'",
    ],
    [
      'a throttle of nobody',
      '- run: x\n  throttle: 0',
      "4:17 wrong-type 'throttle' must be a number of hosts, not the number 0",
    ],
    [
      'async',
      '- run: x\n  async: 5',
      "4:7 unsupported-keyword 'async' is not supported in a task; hosts run side by side, and 'timeout' bounds a task: delete this line",
    ],
    [
      'with_dict',
      '- run: x\n  with_dict: {}',
      "4:7 unsupported-keyword 'with_dict' is not supported in a task; use 'loop' with the same map: its items have 'item.key' and 'item.value'",
    ],
  ])('%s is a mistake', (_name, tasks, expected) => {
    expect(told(mistakesIn(play(tasks)))).toEqual([expected])
  })

  test.each([
    [
      'a block as a handler',
      '- hosts: all\n  handlers: [{ block: [] }]',
      "2:16 unsupported-keyword a block cannot be a handler; write its tasks as handlers with the same 'listen'",
    ],
    [
      'an order',
      '- hosts: all\n  order: sortd',
      "2:10 wrong-type 'sortd' is not an order of hosts; did you mean 'sorted'?",
    ],
    [
      'a percentage',
      '- hosts: all\n  max_fail_percentage: 101',
      "2:24 wrong-type 'max_fail_percentage' must be a number from 0 to 100, not the number 101",
    ],
  ])('%s is a mistake', (_name, text, expected) => {
    expect(told(mistakesIn(text))).toEqual([expected])
  })

  test('words of Ansible with their collection in front mean the same', () => {
    const files = {
      'site.yml': '- ansible.builtin.import_playbook: other.yml\n',
      'other.yml': '- hosts: all\n  tasks: [{ ansible.builtin.include_tasks: { file: t.yml }, when: port > 1 }]\n',
      't.yml': '- run: x\n',
    }
    expect(leavesOf(valid(files).plays[0]?.tasks ?? [])[0]?.when.length).toBe(1)
  })
})

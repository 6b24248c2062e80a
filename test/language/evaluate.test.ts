// What templates and conditions give once there are values, also when some of these are not known yet.
import { expect, test } from 'vitest'
import type { Json } from '../../src/model/inventory.ts'
import { type Scope, UNKNOWN } from '../../src/model/computed.ts'
import { leavesOf, type TaskSpec } from '../../src/model/playTree.ts'
import { WrittenNumber } from '../../src/model/writtenNumber.ts'
import { play, valid } from '../playbook/world.ts'

/** The task named `it`, behind one that registers `r` and a loop that registers `all`. */
function taskOf(task: string, head = ''): { task: TaskSpec; scope: (more?: Scope) => Scope } {
  const text = play(
    `- run: x\n  register: r\n- run: "{{ item }}"\n  loop: [a]\n  register: all\n- name: it\n  ${task.replaceAll('\n', '\n  ')}\n`,
    head,
  )
  const [first] = valid(text).plays
  const found = leavesOf(first?.tasks ?? []).at(-1)
  if (!first || !found) throw new Error('no task')
  return { task: found, scope: (more = {}) => ({ ...first.variables('crane03'), ...more }) }
}

const r = { changed: true, failed: false, skipped: false, outcome: 'changed', stdout: 'hi', exitStatus: 3 }
const all = { ...r, results: [{ ...r, item: 'a' }] }

const quote = (text: string) => `'${text.replaceAll("'", "''")}'`

test.each<[template: string, value: Json]>([
  ['plain', 'plain'],
  ['{{ port }}', 50051],
  [' {{ port }}', ' 50051'],
  ['{{ port }}{{ port }}', '5005150051'],
  ['{{ port + 1 }}', 50052],
  ['{{ port / 2 }}', 25025],
  ['{{ port / 2.0 }}', 25025.5],
  ['{{ int(port / 2.0) }}', 25025],
  ['{{ int(0.5 * port) + 1 }}', 25026],
  ['{{ int(port - 0.5) % 2 }}', 0],
  ['{{ [1, 2, 3].map(x, int(x * 1.5)) }}', [1, 3, 4]],
  ['{{ string(int(port * 0.9)) }}', '45045'],
  ['{{ 1.5 * 2 }}', 3],
  ['{{ -5 % 3 }}', -2],
  ['{{ true }}', true],
  ['{{ null }}', null],
  ['{{ [1, "a", true] }}', [1, 'a', true]],
  ["{{ {'a': {'b': [1]}} }}", { a: { b: [1] } }],
  ['{{ crane }}', { name: 'c', root: '/var/crane' }],
  ['{{ crane.root + "/x" }}', '/var/crane/x'],
  ['{{ crane["root"] }}', '/var/crane'],
  ['{{ crane.?frob.orValue("none") }}', 'none'],
  ['{{ has(special) ? special : "none" }}', 'none'],
  ['{{ inventory_hostname }} in {{ group_names.join(",") }}', 'crane03 in compute'],
  ['{{ groups["compute"].map(h, h + ":1").join(",") }}', 'crane02:1,crane03:1,crane04:1'],
  ['{{ hostvars["crane01"].special }}', 'yes'],
  ['{{ hostvars[play_hosts[0]].crane.name }}', 'c'],
  ['{{ size(play_hosts) }} hosts', '4 hosts'],
  ['{{ r.exitStatus }}', 3],
  ['{{ r.stdout + "!" }}', 'hi!'],
  ['{{ r }}', r],
  ['{{ all.results.map(one, one.stdout) }}', ['hi']],
  ['{{ all.results[0].item }}', 'a'],
  ['{{ all.results.map(one, one.exitStatus).join(",") }}', '3'],
  ['{{ all.results.filter(one, one.changed).map(one, one.item).join(",") }}', 'a'],
  ['{{ "{{" }} literal }}', '{{ literal }}'],
  ['{{ "}}" }}', '}}'],
  ['{{ partition.lowerAscii().replace("gpu", "GPU node") }}', 'GPU node'],
  ['{{ string(port) + "/" + string(1.5) }}', '50051/1.5'],
  ['{{ int("42") + 1 }}', 43],
  ['a {{ true }} b', 'a true b'],
])('%s gives %j', (template, value) => {
  const { task, scope } = taskOf(`run: x\nvars: { v: ${quote(template)} }`)
  expect(task.vars.v?.evaluate(scope({ r, all }))).toEqual({ ok: true, value })
})

test.each<[condition: string, value: boolean]>([
  ['port > 50000', true],
  ['partition == "CPU"', false],
  ['"compute" in group_names', true],
  ['r.changed && !r.failed', true],
  ['r.stdout.contains("h")', true],
  ['port == 50051.0', true],
  ['port * 1.0 == port && port == 1.0 * port && port * 1.0 == 50051', true],
  ['port * 0.5 > 25025 && port * 0.5 < 25026 && 25025 < port * 0.5 && port + 0.5 >= port && port != port + 0.5', true],
  ['1.5 > port', false],
  ['has(special)', false],
  ['has(crane.root)', true],
  ['false', false],
])('when: %s is %j', (condition, value) => {
  const { task, scope } = taskOf(`run: x\nwhen: ${quote(condition)}`)
  expect(task.when.map((one) => one.evaluate(scope({ r, all })))).toEqual([{ ok: true, value }])
})

/** In check mode the fields that an earlier change would fill are not known. */
const u = { changed: true, failed: false, skipped: false, outcome: 'changed', stdout: UNKNOWN, exitStatus: UNKNOWN }

test.each<[template: string, value: Json | typeof UNKNOWN]>([
  ['{{ r.stdout }}', UNKNOWN],
  ['a {{ r.stdout }}', UNKNOWN],
  ['{{ r }}', UNKNOWN],
  ['{{ [r.stdout] }}', UNKNOWN],
  ['{{ r.stdout == "x" }}', UNKNOWN],
  ['{{ r.exitStatus > 1 }}', UNKNOWN],
  ['{{ size(r.stdout) }}', UNKNOWN],
  ['{{ string(r.exitStatus) }}', UNKNOWN],
  ['{{ r.stdout.contains("a") }}', UNKNOWN],
  ['{{ {"a": r.stdout} }}', UNKNOWN],
  ['{{ r.changed }}', true],
  ['{{ has(r.stdout) }}', UNKNOWN],
  ['{{ false && r.exitStatus > 1 }}', false],
  ['{{ r.exitStatus > 1 && false }}', false],
  ['{{ true || r.exitStatus > 1 }}', true],
  ['{{ r.exitStatus > 1 || true }}', true],
  ['{{ r.exitStatus > 1 || false }}', UNKNOWN],
  ['{{ r.changed ? "a" : r.stdout }}', 'a'],
  ['{{ r.exitStatus > 1 ? "a" : "b" }}', UNKNOWN],
  ['{{ port }}', 50051],
  ['{{ all.changed }}', UNKNOWN],
  ['{{ all.results }}', UNKNOWN],
  ['{{ special }}', UNKNOWN],
  ['{{ has(special) }}', true],
])('with values that are not known, %s gives %s', (template, value) => {
  const { task, scope } = taskOf(`run: x\nvars: { v: ${quote(template)} }\nwhen: inventory_hostname == "crane01"`)
  const result = task.vars.v?.evaluate(scope({ r: u, all: UNKNOWN, special: UNKNOWN }))
  if (value === UNKNOWN) expect(result).toMatchObject({ ok: false, unknown: true })
  else expect(result).toEqual({ ok: true, value })
})

test('what is not known is named', () => {
  const { task, scope } = taskOf('run: "{{ r.stdout }} {{ partition }}"')
  expect(task.params.evaluate(scope({ r: u }))).toEqual({ ok: false, unknown: true, because: "'r'" })
})

test('unknown values deep inside a list or a map trouble only who reads them', () => {
  const { task, scope } = taskOf(
    'run: x\nvars: { size: "{{ size(all.results) }}", first: "{{ all.results[0].changed }}", out: "{{ all.results[0].stdout }}" }',
  )
  const deep = { ...r, results: [{ ...r, stdout: UNKNOWN }] }
  const evaluate = (name: string) => task.vars[name]?.evaluate(scope({ all: deep }))
  expect(evaluate('size')).toEqual({ ok: true, value: 1 })
  expect(evaluate('first')).toEqual({ ok: true, value: true })
  expect(evaluate('out')).toMatchObject({ ok: false, unknown: true })
})

test('a field of a skipped task is not there, and the message says why', () => {
  const { task, scope } = taskOf('run: "{{ r.stdout }}"\nwhen: has(r.stdout)')
  const skipped = { changed: false, failed: false, skipped: true, outcome: 'skipped', stdout: null, exitStatus: null }
  expect(task.when[0]?.evaluate(scope({ r: skipped }))).toEqual({ ok: true, value: false })
  expect(task.params.evaluate(scope({ r: skipped }))).toMatchObject({
    ok: false,
    unknown: false,
    diagnostic: {
      code: 'no-such-field',
      message: "'r' has no 'stdout' because the task was skipped",
      at: { line: 9, column: 18 },
    },
  })
})

test('a value from a host is data, whatever it looks like', () => {
  const { task, scope } = taskOf('run: "{{ r.stdout }}"')
  const evil = { ...r, stdout: '{{ hostvars }} {% raw %}' }
  expect(task.params.evaluate(scope({ r: evil }))).toEqual({ ok: true, value: { command: evil.stdout } })
})

test('constants are the same frozen object each time', () => {
  const { task, scope } = taskOf('installPackage: [a, b]')
  const first = task.params.evaluate(scope())
  expect(task.params.constant).toBe(true)
  expect(task.params.evaluate({})).toBe(first)
  expect(first.ok && Object.isFrozen(first.value) && Object.isFrozen(first.value.name)).toBe(true)
})

test('a template names what it needs', () => {
  const { task } = taskOf(
    'writeFile: { path: "/{{ crane.name }}", content: "{{ size(groups.all.map(h, hostvars[h].port)) }} {{ r.stdout }}" }\nwhen: has(special)',
  )
  expect([...task.params.needs].sort()).toEqual(['crane', 'groups', 'hostvars', 'r'])
  expect(task.when[0]?.needs).toEqual(['special'])
})

test('a loop gives its items and its names', () => {
  const { task, scope } = taskOf(
    'run: "{{ n }}: {{ p.name }}"\nloop: "{{ groups.compute.map(h, {\'name\': h}) }}"\nloop_control: { loop_var: p, index_var: n }',
  )
  expect(task.loop).toMatchObject({ as: 'p', indexAs: 'n' })
  expect(task.loop?.items.evaluate(scope())).toEqual({
    ok: true,
    value: [{ name: 'crane02' }, { name: 'crane03' }, { name: 'crane04' }],
  })
  expect(task.params.evaluate(scope({ p: { name: 'x' }, n: 2 }))).toEqual({ ok: true, value: { command: '2: x' } })
})

test('variables of a task come in an order in which each finds those it reads', () => {
  const { task, scope } = taskOf('run: "{{ a }}"\nvars: { a: "{{ b }}!", b: "{{ c }}?", c: deep }')
  const seen: Record<string, unknown> = { ...scope() }
  for (const [name, template] of Object.entries(task.vars)) {
    const result = template.evaluate(seen)
    seen[name] = result.ok ? result.value : undefined
  }
  expect(task.params.evaluate(seen)).toEqual({ ok: true, value: { command: 'deep?!' } })
})

test('a number beyond what JavaScript counts exactly is a mistake, not another number', () => {
  const { task, scope } = taskOf(
    'run: x\nwhen: inventory_hostname == "crane01"\nvars: { v: "{{ r.exitStatus * 9007199254740991 }}" }',
  )
  expect(task.vars.v?.evaluate(scope({ r }))).toMatchObject({
    ok: false,
    unknown: false,
    diagnostic: { code: 'bad-value' },
  })
})

test('a key __proto__ from a host is a key like any other', () => {
  const { task, scope } = taskOf(
    'run: x\nvars: { v: "{{ all.results.map(one, one.item) }}", w: "{{ has(r.changed) }}" }',
  )
  const item = JSON.parse('{"__proto__": {"polluted": 1}}')
  const result = task.vars.v?.evaluate(scope({ r, all: { ...r, results: [{ ...r, item }] } }))
  expect(JSON.stringify(result?.ok && result.value)).toBe('[{"__proto__":{"polluted":1}}]')
  expect(({} as { polluted?: number }).polluted).toBeUndefined()
})

test.each([
  ['{{ port }}.*', '2.0.*'],
  ['{{ crane.root }} {{ crane["root"] }}', '3.10 3.10'],
  ['{{ crane.root }}', WrittenNumber.from('3.10')],
  ['{{ crane }}', { root: WrittenNumber.from('3.10'), name: WrittenNumber.from('3.0') }],
  ['{{ string(crane.name) }}', '3'],
])('%s with decimals of an inventory', (template, value) => {
  const { task, scope } = taskOf(`run: x\nvars: { v: ${quote(template)} }`)
  const decimals = {
    port: WrittenNumber.from('2.0'),
    crane: { root: WrittenNumber.from('3.10'), name: WrittenNumber.from('3.0') },
  }
  expect(task.vars.v?.evaluate(scope(decimals))).toMatchObject({ ok: true, value })
})

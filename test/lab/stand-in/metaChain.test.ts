/** The Meta CNI stand-in: refusals of its configuration, and how it chains, merges, rolls back and takes down. */
import { describe, expect, it, test } from 'vitest'
import {
  applyOverride,
  DeadlineExceeded,
  type Environment,
  merge,
  runChain,
  type Verb,
} from '../../../lab/stand-in/metaChain.ts'
import { readMetaConfig } from '../../../lab/stand-in/metaConfig.ts'

const delegate = (type: string, more: object = {}) => ({ name: `d-${type}`, type, ...more })
const config = (more: object = {}) => ({
  cniVersion: '1.0.0',
  name: 'crane',
  type: 'crane-meta',
  runtimeConfig: { portMappings: [{ hostPort: 80 }] },
  pipelines: [
    { name: 'ethernet', ifName: 'eth0', delegates: [delegate('bridge'), delegate('portmap')] },
    { name: 'storage', ifName: 'net1', delegates: [delegate('macvlan', { conf: { mtu: 9000 } })] },
  ],
  ...more,
})
const pipeline = (more: object) => ({
  pipelines: [{ name: 'p', ifName: 'eth0', delegates: [delegate('bridge')], ...more }],
})

test.each<[name: string, text: object, message: string]>([
  ['no name', config({ name: '' }), 'meta-cni: name is required'],
  [
    'the old schema',
    { name: 'x', resultMode: 'chained', delegates: [] },
    'meta-cni: at least one pipeline is required',
  ],
  ['a pipeline without a name', config(pipeline({ name: '' })), 'name is required'],
  ['neither name of an interface', config(pipeline({ ifName: '' })), 'exactly one of ifName and ifNamePrefix'],
  ['both names of an interface', config(pipeline({ ifNamePrefix: 'rdma' })), 'exactly one of ifName and ifNamePrefix'],
  ['no delegates', config(pipeline({ delegates: [] })), 'at least one delegate is required'],
  ['a delegate without a type', config(pipeline({ delegates: [{ name: 'x' }] })), 'delegate type is required'],
  [
    'an interface in an override',
    config(pipeline({ runtimeOverride: { ifName: 'a' } })),
    'runtimeOverride.ifName is forbidden',
  ],
])('refuses %s', (_, value, message) => {
  expect(() => readMetaConfig(JSON.stringify(value))).toThrow(message)
})

/** Plug-ins that answer with one interface of their own, appended to what came before them. */
async function play(verb: Verb, failing: string[] = []) {
  const calls: {
    type: string
    command: string | undefined
    interface: string | undefined
    conf: Record<string, unknown>
  }[] = []
  const execute = async (type: string, environment: Environment, stdin: string) => {
    const conf = JSON.parse(stdin) as Record<string, unknown> & {
      prevResult?: { interfaces: unknown[]; ips: unknown[] }
    }
    calls.push({ type, command: environment['CNI_COMMAND'], interface: environment['CNI_IFNAME'], conf })
    if (failing.includes(`${environment['CNI_COMMAND']} ${type}`)) throw new Error(`${type} failed`)
    if (environment['CNI_COMMAND'] !== 'ADD') return ''
    const { interfaces = [], ips = [] } = conf.prevResult ?? {}
    return JSON.stringify({
      interfaces: [...interfaces, { name: type }],
      ips: type === 'portmap' ? ips : [...ips, { interface: 0 }],
    })
  }
  const parsed = readMetaConfig(JSON.stringify(config()))
  const result = await runChain(verb, parsed, { CNI_IFNAME: 'request', CNI_COMMAND: verb }, execute).catch(String)
  return { calls, result }
}

test('ADD chains inside a pipeline and merges across pipelines', async () => {
  const { calls, result } = await play('ADD')
  expect(calls.map(({ type, interface: name }) => [type, name])).toEqual([
    ['bridge', 'eth0'],
    ['portmap', 'eth0'],
    ['macvlan', 'net1'],
  ])
  expect(calls[0]?.conf).toEqual({
    cniVersion: '1.0.0',
    name: 'd-bridge',
    type: 'bridge',
    runtimeConfig: { portMappings: [{ hostPort: 80 }] },
  })
  expect(calls[1]?.conf['prevResult']).toEqual({ interfaces: [{ name: 'bridge' }], ips: [{ interface: 0 }] })
  expect(calls[2]?.conf).toMatchObject({ mtu: 9000, type: 'macvlan' })
  expect(calls[2]?.conf).not.toHaveProperty('prevResult')
  expect(result).toMatchObject({
    cniVersion: '1.0.0',
    interfaces: [{ name: 'bridge' }, { name: 'portmap' }, { name: 'macvlan' }],
    ips: [{ interface: 0 }, { interface: 2 }],
  })
})

test('a failing ADD takes down what had succeeded, last first and with its result', async () => {
  const { calls, result } = await play('ADD', ['ADD macvlan'])
  expect(result).toBe('Error: macvlan failed')
  expect(calls.map(({ type, command }) => `${command} ${type}`)).toEqual([
    'ADD bridge',
    'ADD portmap',
    'ADD macvlan',
    'DEL portmap',
    'DEL bridge',
  ])
  expect(calls.at(-1)?.conf['prevResult']).toEqual({ interfaces: [{ name: 'bridge' }], ips: [{ interface: 0 }] })
})

test('nothing is taken down when the time is up', async () => {
  const calls: string[] = []
  const execute = async (type: string, environment: Environment) => {
    calls.push(`${environment['CNI_COMMAND']} ${type}`)
    if (type === 'portmap') throw new DeadlineExceeded('too long')
    return '{}'
  }
  await expect(runChain('ADD', readMetaConfig(JSON.stringify(config())), {}, execute)).rejects.toThrow('too long')
  expect(calls).toEqual(['ADD bridge', 'ADD portmap'])
})

test.each<[Verb, object, number]>([
  ['CHECK', {}, 0],
  ['CHECK', { prevResult: {} }, 3],
  ['STATUS', { cniVersion: '1.0.0' }, 0],
  ['STATUS', { cniVersion: '1.1.0' }, 3],
])('%s with %j calls %i delegates', async (verb, more, count) => {
  let calls = 0
  await runChain(verb, readMetaConfig(JSON.stringify(config(more))), {}, async () => {
    calls++
    return ''
  })
  expect(calls).toBe(count)
})

test.each([
  [[{}, { dns: {} }], false],
  [[{ dns: {} }, { dns: { nameservers: ['10.0.0.1'] } }], true],
])('results %j have dns: %s', (results, has) => {
  expect(Object.hasOwn(merge('1.0.0', results), 'dns')).toBe(has)
})

test('DEL goes backwards, past failures, and reports the first', async () => {
  const { calls, result } = await play('DEL', ['DEL macvlan', 'DEL bridge'])
  expect(calls.map(({ type }) => type)).toEqual(['macvlan', 'portmap', 'bridge'])
  expect(result).toBe('Error: macvlan failed')
})

test('overrides edit CNI_ARGS, sorted, and the environment', () => {
  const before = { CNI_ARGS: 'K8S_POD_NAME=x;A=1', HTTP_PROXY: 'p' }
  expect(applyOverride(before, { args: ['-K8S_POD_NAME', "Z='a.b'", 'B=2'], envs: ["HTTP_PROXY=''", 'N=1'] })).toEqual({
    CNI_ARGS: 'A=1;B=2;Z=a.b',
    HTTP_PROXY: '',
    N: '1',
  })
})

test.each<[order: string, env: Environment | 'refused']>([
  [" A = 'b c' ", { A: 'b c' }],
  ['A=/etc/x', { A: '/etc/x' }],
  ['A=é', { A: 'é' }],
  ['A=10.0.0.1', { A: '10.0.0.1' }],
  ['A=1a=b', 'refused'],
  ['NO_PROXY=svc.local', 'refused'],
  ['A=', 'refused'],
])('override %s', (order, env) => {
  const apply = () => applyOverride({}, { args: [], envs: [order] })
  if (env === 'refused') expect(apply).toThrow('invalid override')
  else expect(apply()).toEqual(env)
})

describe('of another generation', () => {
  const G1 = JSON.stringify({ name: 'x', resultMode: 'chained', delegates: [{ conf: { type: 'bridge', name: 'b' } }] })
  const G3 = JSON.stringify({
    name: 'x',
    pipelines: [{ name: 'p', ifName: 'eth0', delegates: [{ name: 'b', conf: { type: 'bridge' } }] }],
  })
  it('G1 reads delegates alone, for the interface that the runtime asks for', () => {
    expect(readMetaConfig(G1, 'G1').pipelines).toMatchObject([
      { ifName: '', delegates: [{ conf: { type: 'bridge' } }] },
    ])
    expect(() => readMetaConfig(G3, 'G1')).toThrow('at least one delegate is required')
    expect(() => readMetaConfig(G1.replace('chained', 'other'), 'G1')).toThrow('unknown resultMode')
  })
  it.each(['G2', 'G3'] as const)('%s reads pipelines alone', (generation) => {
    expect(readMetaConfig(G3, generation).pipelines).toMatchObject([{ ifName: 'eth0' }])
    expect(() => readMetaConfig(G1, generation)).toThrow('at least one pipeline is required')
  })
})

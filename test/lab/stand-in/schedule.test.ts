/** Which jobs are refused, which nodes they get, and what a job of several nodes becomes. */
import { expect, test } from 'vitest'
import { craneConfig } from '../../../lab/craneConfig.ts'
import type { Job, JobRequest } from '../../../lab/stand-in/jobTypes.ts'
import { cdiNames } from '../../../lab/stand-in/gres.ts'
import { gresOf, readCraneConfig } from '../../../lab/stand-in/readCraneConfig.ts'
import { choose, devicesFor, outcome, refusal } from '../../../lab/stand-in/schedule.ts'

const result = readCraneConfig(craneConfig(4).replace(/cpu: \d+/, 'cpu: 2'), 'cranectld', 'crane01')
if (result.kind !== 'ok') throw new Error(result.message)
const config = { ...result.config, containerEnabled: true }
const request = (more: Partial<JobRequest> = {}) =>
  ({
    partition: 'CPU',
    nodelist: [],
    exclude: [],
    nodes: 1,
    ntasks: 1,
    cpus: 1,
    gres: '',
    uid: 0,
    hold: false,
    ...more,
  }) as unknown as JobRequest
const job = (id: number, more: Partial<JobRequest> = {}, nodes: string[] = []) =>
  ({
    id,
    request: request(more),
    nodes,
    devices: {},
    status: nodes.length > 0 ? 'RUNNING' : 'PENDING',
    results: {},
  }) as unknown as Job
const all = new Set(['crane02', 'crane03', 'crane04'])

test.each<[name: string, more: Partial<JobRequest>, expected: string | undefined]>([
  ['root', {}, undefined],
  ['the default partition', { partition: '' }, undefined],
  ['an unknown partition', { partition: 'GPU' }, 'The entered partition does not exist.'],
  ['another user', { uid: 1001 }, 'The entered account or user does not include this partition'],
  ['a node of no partition', { nodelist: ['crane01'] }, 'Required nodes are not in the specified partition.'],
  ['too many cores', { cpus: 3 }, 'The resources of the partition are not enough.'],
])('submission: %s', (_, more, expected) => {
  expect(refusal(config, request(more))).toBe(expected)
  expect(refusal({ ...config, containerEnabled: false }, request(more))).toBe('CRI support is disabled in the cluster.')
})

test.each<[name: string, more: Partial<JobRequest>, up: Set<string>, expected: string[] | undefined]>([
  ['the first node that is free', {}, all, ['crane03']],
  ['the node asked for', { nodelist: ['crane04'] }, all, ['crane04']],
  ['a node that is full', { nodelist: ['crane02'] }, all, undefined],
  ['a node that is down', { nodelist: ['crane04'] }, new Set(['crane03']), undefined],
  ['not an excluded node', { exclude: ['crane03'] }, all, ['crane04']],
  ['several nodes need several tasks', { nodes: 2 }, all, ['crane03']],
  ['several nodes', { nodes: 2, ntasks: 2 }, all, ['crane03', 'crane04']],
  ['more nodes than are free', { nodes: 3, ntasks: 3 }, all, undefined],
  ['a job on hold', { hold: true }, all, undefined],
])('nodes: %s', (_, more, up, expected) => {
  const busy = job(1, { cpus: 2 }, ['crane02'])
  expect(choose(config, [busy], up, job(2, more))).toEqual(expected)
})

/** crane04 has two GPUs with names, crane03 one without. */
const devices = craneConfig(4)
  .replace(/cpu: \d+/, 'cpu: 2')
  .replace('"crane[02-04]"\n    cpu', 'crane02\n    cpu')
  .replace(
    'Partitions:',
    `  - { name: crane03, cpu: 2, memory: 2G, gres: [{ name: gpu, type: old, DeviceFileList: [/dev/gpu0] }] }
  - { name: crane04, cpu: 2, memory: 2G, gres: [{ name: gpu, type: lab, DeviceFileRegex: '/dev/gpu[0-1]', DeviceCDIList: [lab/gpu=a, lab/gpu=b] }] }
Partitions:`,
  )

test.each<[gres: string, expected: string[] | undefined]>([
  ['', ['crane02']],
  ['gpu:1', ['crane03']],
  ['gpu', ['crane03']],
  ['gpu:lab:1', ['crane04']],
  ['gpu:2', undefined],
  ['fpga:1', undefined],
])('devices: %s', (gres, expected) => {
  const read = readCraneConfig(devices, 'cranectld', 'crane01')
  if (read.kind !== 'ok') throw new Error(read.message)
  const other = { ...job(1, { gres: 'gpu:lab:1' }, ['crane04']), devices: { crane04: ['gpu:lab:0'] } }
  const asks = job(2, { gres })
  expect(choose(read.config, [other], all, asks)).toEqual(expected)
  const taken = expected && devicesFor(read.config, [other], expected[0] ?? '', asks)
  expect(cdiNames(gresOf(read.config, 'crane04'), taken ?? [])).toEqual(gres === 'gpu:lab:1' ? ['lab/gpu=b'] : [])
})

test('more devices than any node has are refused', () => {
  const read = readCraneConfig(devices, 'cranectld', 'crane01')
  if (read.kind !== 'ok') throw new Error(read.message)
  const enabled = { ...read.config, containerEnabled: true }
  expect(refusal(enabled, request({ gres: 'gpu:2' }))).toBeUndefined()
  expect(refusal(enabled, request({ gres: 'gpu:3' }))).toBe('The resources of the partition are not enough.')
})

test('a job is what its worst node was', () => {
  const one = job(3, {}, ['crane02', 'crane03'])
  one.results = {
    crane02: { status: 'COMPLETED', exitCode: 0, reason: '' },
    crane03: { status: 'FAILED', exitCode: 7, reason: 'Error' },
  }
  outcome(one)
  expect(one).toMatchObject({ status: 'FAILED', exitCode: 7, reason: 'Error' })
})

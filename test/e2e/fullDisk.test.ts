// A disk that is full when a file is written: the old file stays as it was, nothing lies beside it, other hosts go on.
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest'
import { type Lab, labUp } from '../../lab/index.ts'
import { sha256 } from '../../src/task/index.ts'
import { labSite, onHost, recapOf } from './support/labSite.ts'
import type { Site } from './support/site.ts'

const FULL = '/srv/e2e/full'
const NAMES = ['crane03', 'crane04']
const OLD = 'port = 1 # the old file\n'.repeat(1500)

let lab: Lab
const unmount = (name: string) => onHost(name, `while umount ${FULL} 2>/dev/null; do :; done; rm -rf ${FULL}`)
beforeAll(async () => {
  lab = await labUp()
})
beforeEach(async () => {
  for (const name of NAMES) await unmount(name)
  await onHost('crane03', `mkdir -p ${FULL}`)
  await onHost('crane04', `mkdir -p ${FULL} && mount -t tmpfs -o size=64k tmpfs ${FULL}`)
  for (const name of NAMES) await onHost(name, `yes 'port = 1 # the old file' | head -n 1500 >${FULL}/site.conf`)
})
const sites: Site[] = []
afterEach(() => sites.splice(0).forEach((site) => site.remove()))
afterAll(async () => {
  for (const name of NAMES) await unmount(name)
})

it.each([
  ['writeFile', `writeFile: { path: ${FULL}/site.conf, src: big }`],
  ['writeFile with a backup', `writeFile: { path: ${FULL}/site.conf, src: big, backup: true }`],
  ['writeFile of bytes', `writeFile: { path: ${FULL}/site.conf, src: bytes, backup: true }`],
])('%s', async (_what, task) => {
  const site = labSite(lab, { crane03: '', crane04: '' })
  sites.push(site)
  const big = 'port = 2 # the new file\n'.repeat(8000)
  site.play(`- name: Write\n  ${task}\n- run: { command: touch ${FULL}/next, creates: ${FULL}/next }\n`)
  site.write({ big, bytes: Buffer.alloc(200_000, '\0\xff\n', 'latin1') })
  const { status, out, err } = await site.run()
  expect(await onHost('crane04', `sha256sum <${FULL}/site.conf`)).toBe(`${sha256(OLD)}  -\n`)
  expect(await onHost('crane04', `ls -A ${FULL}`)).toBe('site.conf\n')
  expect(out.match(/site\.conf was not written: there is no space left on its file system/g)).toHaveLength(2)
  expect(out).toContain('| dd: error writing ')
  expect(recapOf(out, 'crane03')).toBe('ok=0 changed=2 unreachable=0 failed=0 skipped=0')
  expect(recapOf(out, 'crane04')).toBe('ok=0 changed=0 unreachable=0 failed=1 skipped=0')
  expect([status, err]).toEqual([2, ''])
  const there = (await onHost('crane03', `ls -A ${FULL}`)).replace(/\d{8}T\d{6}/, 'TIME')
  expect(there).toBe(task.includes('backup') ? 'next\nsite.conf\nsite.conf.TIME~\n' : 'next\nsite.conf\n')
})

it('is written once there is room', async () => {
  const site = labSite(lab, { crane04: '' })
  sites.push(site)
  site.play(`- writeFile: { path: ${FULL}/site.conf, src: big }\n`).write({ big: 'port = 2\n'.repeat(8000) })
  expect((await site.run()).status).toBe(2)
  await onHost('crane04', `mount -o remount,size=1m ${FULL}`)
  expect((await site.run(['--detailed-exitcode'])).status).toBe(3)
  expect((await site.run(['--detailed-exitcode'])).status).toBe(0)
})

it('a file system that is read-only', async () => {
  const site = labSite(lab, { crane03: '', crane04: '' })
  sites.push(site)
  await onHost('crane04', `mount -o remount,ro ${FULL}`)
  site.play(`- ensureYaml: { path: ${FULL}/site.conf, set: { port: 2 } }\n`)
  for (const name of ['crane03']) await onHost(name, `echo 'port: 1 # kept' >${FULL}/site.conf`)
  await onHost(
    'crane04',
    `mount -o remount,rw ${FULL} && echo 'port: 1' >${FULL}/site.conf && mount -o remount,ro ${FULL}`,
  )
  const { status, out } = await site.run()
  expect(out).toContain('site.conf was not written: its file system is read-only')
  expect(await onHost('crane04', `cat ${FULL}/site.conf`)).toBe('port: 1\n')
  expect(await onHost('crane03', `cat ${FULL}/site.conf`)).toBe('port: 2 # kept\n')
  expect(status).toBe(2)
})

// The controller is killed at some moment of a run: the next run ends where an uninterrupted one does, restarts included.
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import { type Lab, labHost, labUp } from '../../lab/index.ts'
import { labSite, onHost, processes, recapOf } from './support/labSite.ts'
import type { Site } from './support/site.ts'

const FOLDER = '/srv/e2e/killed'
const UNIT = '/etc/systemd/system/e2e-killed.service'
const NAMES = ['crane03', 'crane04']

/** A daemon that reads its configuration when it starts; starting takes a second. */
const DAEMON = `[Service]
ExecStartPre=/bin/sleep 1
ExecStart=/bin/sh -c 'cp ${FOLDER}/app.conf ${FOLDER}/in-use; exec sleep infinity'
`
const PLAYBOOK = (content: string) => `- name: app
  hosts: all
  tasks:
    - name: Folder
      ensureDirectory: ${FOLDER}
    - name: Unit
      writeFile: { path: ${UNIT}, src: e2e-killed.service }
    - name: Configuration
      writeFile: { path: ${FOLDER}/app.conf, content: '${content}' }
      notify: Restart
    - name: Long step
      run: { command: 'test -e ${FOLDER}/go || sleep 64209; touch ${FOLDER}/long', creates: ${FOLDER}/long }
    - name: Runs
      ensureService: { name: e2e-killed, enabled: false, running: true }
  handlers:
    - name: Restart
      restartService: { name: e2e-killed, settle: 0 }
`

let lab: Lab
beforeAll(async () => {
  lab = await labUp()
})
const sites: Site[] = []
afterEach(() => sites.splice(0).forEach((site) => site.remove()))
const clean = async () => {
  for (const name of NAMES)
    await labHost(name).exec(`systemctl stop e2e-killed; rm -rf ${FOLDER} ${UNIT}; systemctl daemon-reload`)
}
afterAll(clean)

const read = (name: string, file: string) => onHost(name, `cat ${FOLDER}/${file} 2>/dev/null || true`)
const state = async (name: string) => (await labHost(name).exec('systemctl is-active e2e-killed')).stdout.trim()

const MOMENTS: Readonly<Record<string, () => Promise<boolean>>> = {
  'when a file was written on one host': async () =>
    (await Promise.all(NAMES.map((name) => read(name, 'app.conf')))).includes('two'),
  'while a step runs': async () => (await processes('crane04', 'sleep 64209')).length > 0,
  'while the service restarts': async () => (await state('crane03')) !== 'active',
}

it.each(Object.keys(MOMENTS))('%s', async (moment) => {
  await clean()
  const site = labSite(lab, { crane03: '', crane04: '' })
  sites.push(site)
  site.write({ 'site.yml': PLAYBOOK('one'), 'e2e-killed.service': DAEMON })
  for (const name of NAMES) await onHost(name, `mkdir -p ${FOLDER} && touch ${FOLDER}/go`)
  expect((await site.run()).status).toBe(0)
  for (const name of NAMES) expect(await read(name, 'in-use')).toBe('one')

  if (moment === 'while a step runs') for (const name of NAMES) await onHost(name, `rm ${FOLDER}/go ${FOLDER}/long`)
  site.write({ 'site.yml': PLAYBOOK('two') })
  const run = site.start()
  await expect.poll(async () => (await MOMENTS[moment]?.()) ?? false, { timeout: 20_000, interval: 20 }).toBe(true)
  run.kill('SIGKILL')
  expect((await run.ended).status).toBe(null)
  for (const name of NAMES) await labHost(name).exec(`pkill -f 'sleep [6]4209'; touch ${FOLDER}/go`)

  const next = await site.run()
  expect([next.status, next.err]).toEqual([0, ''])
  for (const name of NAMES) {
    expect(await read(name, 'in-use'), `${name}: the restart that was due\n${next.out}`).toBe('two')
    expect(await state(name)).toBe('active')
    expect(await onHost(name, `ls -A ${FOLDER}`)).toBe('app.conf\ngo\nin-use\nlong\n')
  }
  const last = await site.run(['--detailed-exitcode'])
  expect(recapOf(last.out, 'crane[03-04]')).toBe('ok=5 changed=0 unreachable=0 failed=0 skipped=0')
  expect(last.status).toBe(0)
})

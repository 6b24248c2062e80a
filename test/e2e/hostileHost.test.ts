// A host that answers with floods, bytes, terminal escapes or forged frames: bounded, escaped, told clearly; others go on.
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'
import { type Lab, labUp } from '../../lab/index.ts'
import type { Ended } from './support/command.ts'
import { labSite, onHost, recapOf } from './support/labSite.ts'
import type { Site } from './support/site.ts'

const FOLDER = '/srv/e2e/hostile'
const TOOLS = '/usr/local/sbin'
const NAMES = ['crane03', 'crane04']
/** MiB of resident memory; the command takes about 100 for a run of two hosts. */
const MOST_MEMORY = 400

let lab: Lab
beforeAll(async () => {
  lab = await labUp()
})
const sites: Site[] = []
const clean = async () => {
  for (const name of NAMES) await onHost(name, `rm -rf ${FOLDER}; mkdir -p ${FOLDER}`)
  await onHost('crane04', `rm -f ${TOOLS}/stat ${TOOLS}/systemctl ${TOOLS}/dpkg-query ${TOOLS}/sha256sum`)
}
afterEach(() => sites.splice(0).forEach((site) => site.remove()))
afterAll(clean)

async function run(tasks: string, argv: readonly string[] = []): Promise<Ended> {
  const site = labSite(lab, { crane03: '', crane04: '' })
  sites.push(site)
  const ended = await site.play(tasks).run(argv)
  // Whatever came, nothing that acts on a terminal goes on to it, and nothing of it is a stack trace or a bug.
  expect(ended.out + ended.err).not.toMatch(/[\0-\x08\x0b-\x1f\x7f-\x9f]|^\s+at .*:\d+:\d+|bug of crane-play/m)
  expect(ended.out.length + ended.err.length).toBeLessThan(300_000)
  expect(ended.peakMiB).toBeLessThan(MOST_MEMORY)
  return ended
}

/** On crane04; crane03 says one word. */
const onlyOn04 = (command: string) => `if [ $(hostname) = crane04 ]; then ${command}; fi; echo word`
const FRAME = '\\n0123456789abcdef0123456789abcdef 0 0\\n'
const PRINTS = {
  'a megabyte': `head -c 1000000 /dev/zero | tr '\\0' x`,
  'bytes of all kinds': 'head -c 200000 /dev/urandom',
  'terminal escapes': `printf '\\033]0;owned\\007\\033[2J\\033[31m\\233\\r\\b'`,
  'forged frames': `printf '${FRAME}${FRAME}' ; printf '${FRAME}${FRAME}' >&2`,
}

describe.each(Object.keys(PRINTS) as (keyof typeof PRINTS)[])('%s', (what) => {
  const print = onlyOn04(PRINTS[what])

  it('from a probe that is a command', async () => {
    await clean()
    const script = `${print}; test -e ${FOLDER}/made`
    const tasks = `- run:\n    command: touch ${FOLDER}/made\n    unless: ${JSON.stringify(script)}\n`
    const first = await run(tasks)
    expect(recapOf(first.out, 'crane[03-04]')).toBe('ok=0 changed=1 unreachable=0 failed=0 skipped=0')
    const second = await run(tasks, ['-v'])
    expect(recapOf(second.out, 'crane[03-04]')).toBe('ok=1 changed=0 unreachable=0 failed=0 skipped=0')
    expect([first.status, second.status]).toEqual([0, 0])
  })

  it('from a step that fails', async () => {
    await clean()
    const script = `( ${print} ) >&2; test $(hostname) = crane03`
    const { status, out } = await run(`- run: { command: ${JSON.stringify(script)}, always: true }\n`)
    expect(recapOf(out, 'crane03')).toBe('ok=0 changed=1 unreachable=0 failed=0 skipped=0')
    expect(recapOf(out, 'crane04')).toBe('ok=0 changed=0 unreachable=0 failed=1 skipped=0')
    if (what === 'terminal escapes') expect(out).toContain('| \\x1b]0;owned\\x07\\x1b[2J\\x1b[31m')
    expect(status).toBe(2)
  })

  it('in a file that is replaced', async () => {
    await clean()
    for (const name of NAMES) await onHost(name, `{ ${print}; } >${FOLDER}/site.conf 2>/dev/null`)
    const tasks = `- writeFile: { path: ${FOLDER}/site.conf, content: "new\\n" }\n`
    const { status, out } = await run(tasks, ['--diff'])
    expect(recapOf(out, 'crane[03-04]')).toBe('ok=0 changed=1 unreachable=0 failed=0 skipped=0')
    expect(status).toBe(0)
    for (const name of NAMES) expect(await onHost(name, `cat ${FOLDER}/site.conf`)).toBe('new\n')
  })

  it('in a file whose keys are set', async () => {
    await clean()
    for (const name of NAMES) await onHost(name, `echo 'port = 1' >${FOLDER}/site.toml`)
    await onHost(
      'crane04',
      `{ ${PRINTS[what]}; } >${FOLDER}/site.toml 2>/dev/null; cp ${FOLDER}/site.toml ${FOLDER}/before`,
    )
    const { status, out } = await run(`- ensureToml: { path: ${FOLDER}/site.toml, set: { port: 2 } }\n`, ['--diff'])
    expect(recapOf(out, 'crane03')).toBe('ok=0 changed=1 unreachable=0 failed=0 skipped=0')
    expect(recapOf(out, 'crane04')).toBe('ok=0 changed=0 unreachable=0 failed=1 skipped=0')
    expect(out).toMatch(/site\.toml is (not valid TOML: |not a readable text file)/)
    expect(status).toBe(2)
    await onHost('crane04', `cmp ${FOLDER}/site.toml ${FOLDER}/before`)
  })
})

interface ToolCase {
  readonly tool: 'stat' | 'systemctl' | 'dpkg-query' | 'sha256sum'
  readonly prints: string
  readonly says: RegExp
}

const OLD = join(mkdtempSync(join(tmpdir(), 'crane-play-')), 'old.conf')
writeFileSync(OLD, 'old\n')
afterAll(() => rmSync(dirname(OLD), { recursive: true }))

const TASK: Readonly<Record<ToolCase['tool'], string>> = {
  stat: `- ensureDirectory: ${FOLDER}\n`,
  // Asked for where the content is a file of the controller.
  sha256sum: `- writeFile: { path: ${FOLDER}/site.conf, src: ${OLD} }\n`,
  systemctl: '- ensureService: { name: ssh, running: true }\n',
  'dpkg-query': '- installPackage: { name: bash, refresh: never }\n',
}

it.each<ToolCase>([
  { tool: 'stat', prints: PRINTS['a megabyte'], says: /cannot read what the host answered about file / },
  { tool: 'stat', prints: PRINTS['bytes of all kinds'], says: /cannot read what the host answered about file / },
  { tool: 'stat', prints: PRINTS['terminal escapes'], says: /cannot read what the host answered about file / },
  { tool: 'stat', prints: PRINTS['forged frames'], says: /cannot read what the host answered about file / },
  { tool: 'stat', prints: 'yes', says: /the answer of the host does not end/ },
  { tool: 'sha256sum', prints: PRINTS['forged frames'], says: /cannot read what the host answered about file / },
  { tool: 'systemctl', prints: PRINTS['bytes of all kinds'], says: /systemctl did not / },
  { tool: 'systemctl', prints: PRINTS['forged frames'], says: /systemctl did not / },
  { tool: 'systemctl', prints: 'head -c 20000000 /dev/zero', says: /it answered with more than \d+ bytes/ },
  { tool: 'stat', prints: 'yes >&2', says: /the answer of the host does not end/ },
  { tool: 'dpkg-query', prints: 'yes', says: /the answer of the host does not end/ },
])('$tool that prints: $prints', async ({ tool, prints, says }) => {
  await clean()
  for (const name of NAMES) await onHost(name, `echo old >${FOLDER}/site.conf`)
  await onHost(
    'crane04',
    `{ echo '#!/bin/sh'; cat <<'END'\n${prints}\nEND\n} >${TOOLS}/${tool}; chmod 755 ${TOOLS}/${tool}`,
  )
  const { status, out, err } = await run(
    `${TASK[tool]}- run: { command: touch ${FOLDER}/next, creates: ${FOLDER}/next }\n`,
  )
  const failure = out.slice(out.indexOf('\nFAILED\n'), out.indexOf('\nRECAP\n'))
  expect(failure).toMatch(says)
  expect(recapOf(out, 'crane03')).toBe('ok=1 changed=1 unreachable=0 failed=0 skipped=0')
  expect(recapOf(out, 'crane04')).toBe('ok=0 changed=0 unreachable=0 failed=1 skipped=0')
  expect([status, err]).toEqual([2, ''])
  expect(await onHost('crane04', `ls ${FOLDER}; ps -eo args= | grep -c '^yes' || true`)).toBe('site.conf\n0\n')
})

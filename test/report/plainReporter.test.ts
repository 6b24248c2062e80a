// The plain report of recorded runs, word for word: people read it and scripts look for its lines.
import { describe, expect, test } from 'vitest'
import { COLOURED, COLOURLESS } from '../../src/report/palette.ts'
import { plainReporter } from '../../src/report/plainReporter.ts'
import { on, type RunStory, tell } from './runEvents.ts'

const COMPUTE = ['crane02', 'crane03', 'crane04']

function report(
  story: RunStory,
  options: { verbosity?: number; diff?: boolean; colour?: boolean; width?: number } = {},
) {
  const text = { out: '', err: '' }
  const reporter = plainReporter(
    { out: (more) => void (text.out += more), err: (more) => void (text.err += more) },
    {
      verbosity: options.verbosity ?? 0,
      diff: options.diff ?? false,
      palette: options.colour ? COLOURED : COLOURLESS,
      ...(options.width !== undefined && { width: options.width }),
    },
  )
  for (const event of tell(story)) reporter.event(event)
  reporter.leave()
  return text
}

const diff = (port: string) => ({
  subject: '/etc/containerd/config.toml',
  unified: `--- /etc/containerd/config.toml\n+++ /etc/containerd/config.toml\n@@ -1 +1 @@\n-port = "0"\n+port = "${port}"\n`,
})

const FAILURE = {
  cause: 'containerd.service did not start',
  tried: 'systemctl restart containerd',
  exitStatus: 1,
  lastLines: 'Job for containerd.service failed.\nSee \u001b[31mjournalctl\u001b[0m.\n',
  hint: 'journalctl -u containerd on the host says why',
}

const MIXED: RunStory = {
  hosts: COMPUTE,
  plays: [
    {
      name: 'container runtime',
      tasks: [
        {
          name: 'Install containerd',
          type: 'installPackage',
          results: {
            crane02: { outcome: 'ok', note: 'containerd 1.7.2 is installed' },
            ...on(['crane03', 'crane04'], { outcome: 'changed' }),
          },
        },
        {
          name: 'Set the streaming port',
          type: 'ensureToml',
          results: {
            ...on(['crane02', 'crane03'], { outcome: 'changed', diffs: [diff('10250')] }),
            crane04: { outcome: 'changed', diffs: [diff('10251')], warnings: ['the file had no version'] },
          },
        },
        {
          name: 'Restart containerd',
          type: 'restartService',
          handler: true,
          results: {
            crane02: { outcome: 'skipped', note: 'not due' },
            ...on(['crane03', 'crane04'], { outcome: 'failed', failure: FAILURE }),
          },
        },
      ],
    },
  ],
}

test('one line for each task and outcome, each failure in full once at the end, a folded recap', () => {
  expect(report(MIXED).out).toBe(`\
PLAY container runtime: crane[02-04] (3 hosts, 2 tasks)
  ok           1/3  Install containerd            crane02
  changed      2/3  Install containerd            crane[03-04]
  changed      3/3  Set the streaming port        crane[02-04]
      warning: crane04: the file had no version
  failed       2/3  Restart containerd (handler)  crane[03-04]: containerd.service did not start
  skipped      1/3  Restart containerd (handler)  crane02

FAILED
  failed: crane[03-04] (2 hosts): Restart containerd (handler)  (restartService, deploy.yml:30)
      containerd.service did not start
      tried: systemctl restart containerd
      exit status: 1
      | Job for containerd.service failed.
      | See \\x1b[31mjournalctl\\x1b[0m.
      hint: journalctl -u containerd on the host says why

RECAP
  crane02      : ok=1 changed=1 unreachable=0 failed=0 skipped=1
  crane[03-04] : ok=0 changed=2 unreachable=0 failed=1 skipped=0
  warning: crane04: the file had no version
3 hosts: 1 changed, 2 failed (crane[03-04]); 5 changes; 4.2 s
`)
})

test('a diff is shown once for all hosts that share it', () => {
  expect(report(MIXED, { diff: true }).out).toContain(`\
  changed      3/3  Set the streaming port        crane[02-04]
      warning: crane04: the file had no version
      diff /etc/containerd/config.toml on crane[02-03] (2 hosts)
      --- /etc/containerd/config.toml
      +++ /etc/containerd/config.toml
      @@ -1 +1 @@
      -port = "0"
      +port = "10250"
      diff /etc/containerd/config.toml on crane04
      --- /etc/containerd/config.toml
      +++ /etc/containerd/config.toml
      @@ -1 +1 @@
      -port = "0"
      +port = "10251"
`)
})

test('a task that shows its diffs in any case does so without --diff, and only that one', () => {
  const change = on(COMPUTE, { outcome: 'changed', diffs: [diff('10250')] })
  const tasks = [
    { name: 'Set it', diff: true, results: change },
    { name: 'Set it again', results: change },
  ]
  const { out } = report({ hosts: COMPUTE, plays: [{ name: 'runtime', tasks }] })
  expect(out.match(/^ {6}diff .*$/gm)).toEqual(['      diff /etc/containerd/config.toml on crane[02-04] (3 hosts)'])
  expect(out.indexOf('diff')).toBeLessThan(out.indexOf('Set it again'))
})

test('-v says evidence and reasons, -vv places in the playbook', () => {
  expect(report(MIXED).out).not.toContain('1.7.2')
  expect(report(MIXED, { verbosity: 1 }).out).toContain(
    '  ok           1/3  Install containerd            crane02: containerd 1.7.2 is installed\n',
  )
  expect(report(MIXED, { verbosity: 1 }).out).toContain('crane02: not due\n')
  expect(report(MIXED, { verbosity: 2 }).out).toContain('crane[03-04]  (installPackage, deploy.yml:10)\n')
})

test('what was proved in this run is always said, what was proved before with -v', () => {
  const story: RunStory = {
    hosts: COMPUTE,
    plays: [
      {
        name: 'runtime',
        tasks: [
          {
            name: 'Verify',
            results: {
              crane02: { outcome: 'ok', note: 'proved yesterday' },
              ...on(['crane03', 'crane04'], { outcome: 'ok', verified: true, note: 'containerd 1.7.2 is ready' }),
            },
          },
        ],
      },
    ],
  }
  expect(report(story).out).toContain(
    '  ok           3/3  Verify  crane[02-04]\n      crane[03-04]: containerd 1.7.2 is ready\n\n',
  )
  expect(report(story, { verbosity: 1 }).out).toContain('      crane02: proved yesterday\n')
})

test('how often a task was tried is said where it was more than once, with its note; a failure says it in its cause', () => {
  const results = {
    crane02: { outcome: 'changed', attempts: 1 },
    crane03: { outcome: 'changed', attempts: 3, note: 'started' },
    crane04: { outcome: 'failed', attempts: 5, failure: { cause: 'no answer (5 attempts)' } },
  } as const
  const story: RunStory = { hosts: COMPUTE, plays: [{ name: 'runtime', tasks: [{ name: 'Wait', results }] }] }
  const { out } = report(story)
  expect(out).toContain('  changed      2/3  Wait  crane[02-03]\n      crane03: after 3 attempts\n')
  expect(out).toContain('  failed       1/3  Wait  crane04: no answer (5 attempts)\n')
  expect(report(story, { verbosity: 1 }).out).toContain('      crane03: started, after 3 attempts\n')
})

test('check mode says what would change and what cannot be known yet', () => {
  const story: RunStory = {
    check: true,
    hosts: COMPUTE,
    plays: [
      {
        name: 'runtime',
        tasks: [
          {
            name: 'Write it',
            results: {
              crane02: { outcome: 'ok' },
              ...on(['crane03', 'crane04'], { outcome: 'changed', predicted: true, note: 'write /etc/x' }),
            },
          },
          {
            name: 'Verify',
            results: {
              crane02: { outcome: 'ok', predicted: true, note: 'would run: ask it' },
              ...on(['crane03', 'crane04'], { outcome: 'undecided', predicted: true }),
            },
          },
        ],
      },
    ],
  }
  expect(report(story).out).toBe(`\
CHECK MODE: nothing will be changed on 3 hosts
PLAY runtime: crane[02-04] (3 hosts, 2 tasks)
  ok           1/3  Write it  crane02
  would change 2/3  Write it  crane[03-04]: write /etc/x
  ok           1/3  Verify    crane02: would run: ask it
  undecided    2/3  Verify    crane[03-04]: depends on an earlier change

RECAP
  crane02      : ok=2 changed=0 unreachable=0 failed=0 skipped=0 undecided=0 predicted=0
  crane[03-04] : ok=0 changed=1 unreachable=0 failed=0 skipped=0 undecided=1 predicted=1
3 hosts: 1 unchanged, 2 would change; 2 changes would be made; 2 tasks undecided until an earlier change is made; \
check mode, nothing was changed; 4.2 s
`)
})

describe('what was made and what was not, where check mode is another for a task than for the run', () => {
  const written = { outcome: 'changed', note: 'write /etc/x' } as const
  const real = { name: 'Mark it', results: on(COMPUTE, written), making: COMPUTE }
  const predicted = { name: 'Write it', results: on(COMPUTE, { ...written, predicted: true }) }

  test('check_mode: false in check mode', () => {
    const tasks = [predicted, { ...real, madeInCheck: true }]
    expect(report({ check: true, hosts: COMPUTE, plays: [{ name: 'runtime', tasks }] }).out).toBe(`\
CHECK MODE: nothing will be changed on 3 hosts except by tasks with check_mode: false:
  Mark it  (deploy.yml:20)
PLAY runtime: crane[02-04] (3 hosts, 2 tasks)
  would change 3/3  Write it  crane[02-04]: write /etc/x
  changed      3/3  Mark it   crane[02-04]

RECAP
  crane[02-04] : ok=0 changed=2 unreachable=0 failed=0 skipped=0 predicted=1
3 hosts: 3 changed; 3 changes; 3 changes would be made; check mode, only tasks with check_mode: false were run; 4.2 s
`)
  })

  test('check_mode: false in check mode, where nothing of it was due', () => {
    const tasks = [predicted, { name: 'Mark it', results: on(COMPUTE, { outcome: 'ok' }), madeInCheck: true }]
    const { out } = report({ check: true, hosts: COMPUTE, plays: [{ name: 'runtime', tasks }] })
    expect(out).toContain('3 hosts: 3 would change; 3 changes would be made; check mode, nothing was changed; 4.2 s\n')
  })

  test('a task that only reads runs in check mode too, and changes nothing', () => {
    const reads = { name: 'Look', results: on(COMPUTE, { outcome: 'ok' }), making: COMPUTE } as const
    const { out } = report({ check: true, hosts: COMPUTE, plays: [{ name: 'runtime', tasks: [reads, predicted] }] })
    expect(out).toContain('; check mode, nothing was changed; 4.2 s\n')
  })

  test('check_mode: true in a run', () => {
    expect(report({ hosts: COMPUTE, plays: [{ name: 'runtime', tasks: [predicted, real] }] }).out).toBe(`\
PLAY runtime: crane[02-04] (3 hosts, 2 tasks)
  would change 3/3  Write it  crane[02-04]: write /etc/x
  changed      3/3  Mark it   crane[02-04]

RECAP
  crane[02-04] : ok=0 changed=2 unreachable=0 failed=0 skipped=0 predicted=1
3 hosts: 3 changed; 3 changes; 3 changes would be made; 4.2 s
`)
  })
})

test('notes that differ between hosts do not unfold them, and few are shown', () => {
  const hosts = Array.from({ length: 9 }, (_, i) => `crane0${i + 1}`)
  const results = Object.fromEntries(
    hosts.map((host) => [host, { outcome: 'changed', predicted: true, note: `write /srv/${host}` }] as const),
  )
  const story: RunStory = { check: true, hosts, plays: [{ name: 'all', tasks: [{ name: 'a', results }] }] }
  expect(report(story).out).toContain(`\
  would change 9/9  a  crane[01-09]
      crane01: write /srv/crane01
      crane02: write /srv/crane02
      crane03: write /srv/crane03
      crane04: write /srv/crane04
      crane05: write /srv/crane05
      ... and 4 more (-vv shows all)
`)
  expect(report(story, { verbosity: 2 }).out).toContain('      crane09: write /srv/crane09\n')
})

test('a run that changed nothing is short', () => {
  const story = {
    hosts: COMPUTE,
    plays: [{ name: 'all', tasks: [{ name: 'a', results: on(COMPUTE, { outcome: 'ok' }) }] }],
  }
  expect(report(story as RunStory).out).toBe(`\
PLAY all: crane[02-04] (3 hosts, 1 task)
  ok           3/3  a  crane[02-04]

RECAP
  crane[02-04] : ok=1 changed=0 unreachable=0 failed=0 skipped=0
3 hosts: 3 unchanged; 4.2 s
`)
})

test('an interrupted run says the state of each host, and breaks lines between words', () => {
  const story: RunStory = {
    hosts: ['crane01', ...COMPUTE, 'crane05', 'crane06'],
    plays: [{ name: 'all', tasks: [{ name: 'Install', results: { crane01: { outcome: 'ok' } } }] }],
    interrupted: {
      signal: 'SIGINT',
      hosts: {
        crane04: { state: 'still-running', task: 'Install', pid: 4711 },
        crane05: { state: 'unknown', task: 'Install', why: 'the connection was lost' },
        crane01: { state: 'between', task: 'Install' },
        crane07: { state: 'failed', task: 'Install' },
        crane02: { state: 'stopped', task: 'Install' },
        crane03: { state: 'stopped', task: 'Install' },
        crane06: { state: 'not-started' },
      },
    },
  }
  expect(report(story).out).toContain(`  crane01      : ok=1 changed=0 unreachable=0 failed=0 skipped=0
  crane[02-06] : ok=0 changed=0 unreachable=0 failed=0 skipped=0

INTERRUPTED by SIGINT: the state of each host
  failed         crane07: before, in "Install"
  between tasks  crane01: last done: "Install"
  not started    crane06
  stopped        crane[02-03] (2 hosts): in "Install"; nothing is still running
  unknown        crane05: in "Install"; the connection was lost
  still running  crane04: process 4711 of "Install"
interrupted by SIGINT; 6 hosts; 4.2 s
`)
  const narrow = report(story, { width: 60 }).out
  expect(narrow.split('\n').filter((line) => line.length > 60)).toEqual([])
  expect(narrow).toContain(`  stopped        crane[02-03] (2 hosts): in "Install";
    nothing is still running
`)
})

test('a failed item of a loop is named, an ignored or rescued failure is not repeated', () => {
  const story: RunStory = {
    hosts: ['crane02', 'crane03'],
    plays: [
      {
        name: 'modules',
        tasks: [
          {
            name: 'Load',
            items: {
              crane02: [
                { outcome: 'ok', item: 'overlay' },
                { outcome: 'failed', item: 'br_netfilter', failure: { cause: 'no such module' } },
              ],
            },
            results: { crane02: { outcome: 'failed', failure: { cause: '1 of 2 items failed' } } },
          },
          {
            name: 'Try',
            results: {
              crane02: { outcome: 'failed', ignored: true, failure: { cause: 'as expected' } },
              crane03: { outcome: 'failed', rescued: true, failure: { cause: 'taken care of' } },
            },
          },
        ],
      },
    ],
  }
  const { out } = report(story)
  expect(out).toContain('      failed item br_netfilter\n        no such module\n')
  expect(out).toContain('  ignored      1/2  Try   crane02\n      as expected\n')
  expect(out).toContain('  rescued      1/2  Try   crane03\n      taken care of\n')
  const [, end = ''] = out.split('\nFAILED\n')
  expect(end).toContain('  failed: crane02: Load (item br_netfilter)  (run, deploy.yml:10)\n      no such module\n')
  expect(end).not.toMatch(/as expected|taken care of/)
  expect(end).toContain('ignored=1')
})

describe('what is beside the result goes to stderr', () => {
  const story: RunStory = {
    hosts: COMPUTE,
    plays: [],
    extra: [
      { type: 'host-connected', host: 'crane02', how: 'ssh2', durationMs: 31.4 },
      { type: 'host-connected', host: 'crane03', how: 'ssh2', durationMs: 80 },
      { type: 'host-connected', host: 'crane04', how: 'openssh', why: 'ProxyCommand', durationMs: 300 },
      { type: 'warning', message: 'the clock\u0007 is off', host: 'crane02' },
      { type: 'trace', host: 'crane02', what: 'sent', text: 'echo \u001b[2J\ntrue\n' },
    ],
  }
  const warning = 'warning: crane02: the clock\\x07 is off\n'
  const connected =
    'connected to crane[02-03] (2 hosts) with ssh2 in at most 80 ms\nconnected to crane04 with openssh (ProxyCommand) in 300 ms\n'
  const trace = 'crane02 > echo \\x1b[2J\ncrane02 > true\n'
  test.each([
    [0, warning],
    [1, connected + warning],
    [3, connected + warning + trace],
  ])('verbosity %i', (verbosity, expected) => {
    expect(report(story, { verbosity }).err).toBe(expected)
    expect(report(story, { verbosity }).out).toContain('RECAP')
  })
})

test('a report that breaks off still says what is known', () => {
  let out = ''
  const reporter = plainReporter(
    { out: (text) => void (out += text), err: () => {} },
    { verbosity: 0, diff: false, palette: COLOURLESS },
  )
  const events = tell(MIXED)
  const end = events.findIndex((event) => event.type === 'task-result' && event.result.outcome === 'failed')
  for (const event of events.slice(0, end + 1)) reporter.event(event)
  reporter.leave()
  const once = out
  reporter.leave()
  expect(out).toBe(once)
  expect(out.match(/containerd\.service did not start/g)).toHaveLength(2)
  expect(out).toContain('\nFAILED\n')
})

test('colours change nothing but colours', () => {
  const coloured = report(MIXED, { colour: true, diff: true }).out
  const escapes = /\u001b\[\d+m/g
  expect(coloured).toMatch(escapes)
  expect(coloured.replace(escapes, '')).toBe(report(MIXED, { diff: true }).out)
})

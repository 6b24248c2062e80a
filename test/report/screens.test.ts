// Whole screens of runs on many hosts, at the widths of real terminals: reviewed once, and compared since.
import { describe, expect, it } from 'vitest'
import { displayWidth } from '../../src/report/displayWidth.ts'
import { COLOURED, COLOURLESS } from '../../src/report/palette.ts'
import { plainReporter } from '../../src/report/plainReporter.ts'
import { on, type RunStory, tell } from './runEvents.ts'

const named = (count: number) => Array.from({ length: count }, (_, i) => `crane${String(i + 1).padStart(3, '0')}`)
const LONG_NAME = 'login-and-visualization-node-of-the-second-building-0000001'

/** Two thirds cannot be reached, each with its own address and key; some fail in their own words, one has a long name. */
function story(count: number): RunStory {
  const hosts = [...named(count - 1), LONG_NAME]
  const failed = hosts.filter((_, i) => i % 7 === 3)
  const lost = hosts.filter((host, i) => i % 3 !== 0 && !failed.includes(host))
  const well = hosts.filter((host) => !failed.includes(host) && !lost.includes(host))
  const results = Object.fromEntries([
    ...lost.map((host, i) => [
      host,
      {
        outcome: 'unreachable',
        failure: {
          cause: `the host key of ${host} is not the one in known_hosts: SHA256:${String(i).padStart(43, 'a')}`,
          tried: `connect to 10.77.${i % 5}.${i}:22`,
          hint: `check the key with the console of ${host}, then run \`ssh-keygen -R 10.77.${i % 5}.${i}\` and connect once`,
        },
      },
    ]),
    ...failed.map((host, i) => [
      host,
      {
        outcome: 'failed',
        failure: {
          cause: 'containerd.service did not start',
          tried: 'systemctl restart containerd',
          exitStatus: 1,
          lastLines: `2026-11-02T03:04:${String(i).padStart(2, '0')}Z ${host} containerd[${4000 + i}]: failed to load plugin io.containerd.grpc.v1.cri: invalid plugin config`,
          hint: 'run `journalctl -u containerd` on the host',
        },
      },
    ]),
    ...Object.entries(on(well, { outcome: 'changed' })),
  ])
  return { hosts, plays: [{ name: 'container runtime', tasks: [{ name: 'Restart containerd', results }] }] }
}

function screen(count: number, width?: number, colour = false, verbosity = 0): string {
  let out = ''
  const palette = colour ? COLOURED : COLOURLESS
  const sink = { out: (more: string) => void (out += more), err: () => {} }
  const reporter = plainReporter(sink, { verbosity, diff: false, width, palette })
  for (const event of tell(story(count))) reporter.event(event)
  reporter.leave()
  return out
}

describe.each([60, 200])('%d hosts', (count) => {
  it.each([60, 100, 200])('at %d columns', async (width) => {
    const text = screen(count, width)
    await expect(text).toMatchFileSnapshot(`screens/${count}-hosts-${width}-columns.txt`)
    // Only a word that is wider than the terminal may leave it.
    const wide = text.split('\n').filter((line) => displayWidth(line) > width)
    expect(wide.filter((line) => line.trim().includes(' '))).toEqual([])
    expect(text.split('\n').length).toBeLessThanOrEqual(40)
  })

  it('each cause is there once, that of the most hosts first', () => {
    const causes = screen(count, 200)
      .split('FAILED')[1]
      ?.match(/^ {2}(unreachable|failed): /gm)
    expect(causes).toEqual(['  unreachable: ', '  failed: '])
  })
})

it('colours take no columns', () => {
  const plain = screen(60, 60, true).replaceAll(/\u001b\[[0-9;]*m/g, '')
  expect(plain).toBe(screen(60, 60))
})

it('with -v node sets are whole, and where stdout is not a terminal lines are', () => {
  expect(screen(60, undefined, false, 1)).toMatch(/unreachable: crane\[[\d,-]{60,}\]/)
  expect(screen(200, 400, false, 1).split('RECAP')[1]).toMatch(/crane\[[\d,-]{200,}\]/)
  expect(screen(200).split('RECAP')[1]).toMatch(/crane\[[\d,-]{200,}\]/)
  expect(screen(60)).not.toMatch(/unreachable: crane\[[\d,-]{60,}\]/)
  expect(Math.max(...screen(60).split('\n').map(displayWidth))).toBeGreaterThan(100)
})

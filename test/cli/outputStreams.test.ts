// A reader that goes away does not stop a run.
import { EventEmitter } from 'node:events'
import { expect, test } from 'vitest'
import { outputStreams } from '../../src/cli/outputStreams.ts'

class Pipe extends EventEmitter {
  text = ''
  write(text: string, done?: () => void): boolean {
    this.text += text
    done?.()
    return true
  }
}

test('after stdout is closed nothing is written to it, it is said once, and flushing ends', async () => {
  const [stdout, stderr] = [new Pipe(), new Pipe()]
  const { sink, flushed } = outputStreams(stdout, stderr, () => true)
  sink.out('one\n')
  const closed = Object.assign(new Error('write EPIPE'), { code: 'EPIPE' })
  stdout.emit('error', closed)
  stdout.emit('error', closed)
  sink.out('two\n')
  sink.err('three\n')
  await flushed()
  expect(stdout.text).toBe('one\n')
  expect(stderr.text).toBe('crane-play: stdout was closed; the run continues\nthree\n')
})

test('after stderr is closed stdout goes on', async () => {
  const [stdout, stderr] = [new Pipe(), new Pipe()]
  const { sink, flushed } = outputStreams(stdout, stderr, () => true)
  stderr.emit('error', Object.assign(new Error('write EPIPE'), { code: 'EPIPE' }))
  sink.err('one\n')
  sink.out('two\n')
  await flushed()
  expect([stdout.text, stderr.text]).toEqual(['two\n', ''])
})

test.each([
  ['EPIPE', ''],
  ['ENOSPC', 'crane-play: stdout: write ENOSPC\n'],
])('where nothing runs on hosts, %s of stdout says %j', (code, says) => {
  const [stdout, stderr] = [new Pipe(), new Pipe()]
  outputStreams(stdout, stderr, () => false)
  stdout.emit('error', Object.assign(new Error(`write ${code}`), { code }))
  expect(stderr.text).toBe(says)
})

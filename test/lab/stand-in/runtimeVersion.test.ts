/** Which runtimes newer builds of craned start with. */
import { expect, test } from 'vitest'
import { refuseRuntime } from '../../../lab/stand-in/runtimeVersion.ts'

test.each([
  ['containerd', '1.7.24~ds1', true],
  ['containerd', '1.6.20', true],
  ['containerd', 'main', true],
  ['containerd', '1.7.0', false],
  ['containerd', 'v2.1.9', false],
  ['containerd', '2.1.9+unknown', false],
  ['containerd', '2.0.0-rc.1', false],
  ['cri-o', '1.34.0', false],
])('%s %s is refused: %s', (name, version, refused) => {
  expect(refuseRuntime(name, version) !== undefined).toBe(refused)
})

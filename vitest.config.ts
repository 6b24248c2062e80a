// How the tests run: unit tests side by side and on two Nodes, end-to-end tests one file at a time, since they share the lab.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'
import { ltsNode, workersOn } from './test/lts/workersOn.ts'

const alias = Object.fromEntries(
  ['task', 'container'].map((room) => [
    `crane-play/${room}`,
    fileURLToPath(new URL(`./src/${room}/index.ts`, import.meta.url)),
  ]),
)

/** The lab's hosts are namespaces of this machine. */
const canHaveHosts = process.platform === 'linux' && process.getuid?.() === 0
if (!canHaveHosts) process.stderr.write('The end-to-end tests are left out: their hosts need Linux and root.\n')

const unit = {
  include: ['test/**/*.test.ts'],
  exclude: ['test/e2e/**', '**/node_modules/**'],
  globalSetup: 'test/machine.ts',
  testTimeout: 20_000,
}

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: { ...unit, name: 'unit', exclude: [...unit.exclude, 'test/lts/**'] },
      },
      ...(ltsNode
        ? [
            {
              extends: true as const,
              test: {
                ...unit,
                name: 'unit-lts',
                // These run other programs on our files, whose Node is the same both times.
                exclude: [
                  ...unit.exclude,
                  'test/lint/**',
                  'test/docs/**',
                  'test/package.test.ts',
                  'test/text/voice.test.ts',
                ],
                pool: workersOn(ltsNode),
              },
            },
          ]
        : []),
      ...(canHaveHosts
        ? [
            {
              extends: true as const,
              test: {
                name: 'e2e',
                include: ['test/e2e/**/*.test.ts'],
                globalSetup: 'test/e2e/support/build.ts',
                fileParallelism: false,
                testTimeout: 180_000,
                hookTimeout: 240_000,
              },
            },
          ]
        : []),
    ],
  },
})

// How the tests run: unit tests side by side, end-to-end tests one file at a time, since they share the lab.
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const alias = Object.fromEntries(
  ['task', 'container'].map((room) => [
    `crane-play/${room}`,
    fileURLToPath(new URL(`./src/${room}/index.ts`, import.meta.url)),
  ]),
)

/** The lab's hosts are namespaces of this machine. */
const canHaveHosts = process.platform === 'linux' && process.getuid?.() === 0
if (!canHaveHosts) process.stderr.write('The end-to-end tests are left out: their hosts need Linux and root.\n')

export default defineConfig({
  resolve: { alias },
  test: {
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          globalSetup: 'test/machine.ts',
          testTimeout: 20_000,
        },
      },
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

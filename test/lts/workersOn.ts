// A pool of vitest whose workers run on another Node than vitest itself.
import { existsSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { ForksPoolWorker, type PoolRunnerInitializer } from 'vitest/node'

const installed = fileURLToPath(
  new URL(`node_modules/node-${process.platform}-${process.arch}/bin/node`, import.meta.url),
)

/** The LTS that package.json beside this names; undefined before `npm test` installed it, or where there is none. */
export const ltsNode: string | undefined = existsSync(installed) ? installed : undefined

/** @param node the executable */
export function workersOn(node: string): PoolRunnerInitializer {
  return {
    name: 'forks-of-another-node',
    createPoolWorker(options) {
      const worker = new ForksPoolWorker(options)
      const start = worker.start.bind(worker)
      // fork() takes this process's own executable, and is called before start() first waits.
      worker.start = () => {
        const own = process.execPath
        process.execPath = node
        try {
          return start()
        } finally {
          process.execPath = own
        }
      }
      return worker
    },
  }
}

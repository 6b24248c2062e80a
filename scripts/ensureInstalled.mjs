// Installs the locked packages if they are missing or older than the lock file; `--lts` also installs the Node LTS for the tests.
import { spawnSync } from 'node:child_process'
import { existsSync, statSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const forTests = process.argv.includes('--lts') ? ['test/lts/'] : []

for (const place of ['', ...forTests]) {
  const lock = `${root}${place}package-lock.json`
  const installed = `${root}${place}node_modules/.package-lock.json`
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) continue
  console.error(`Installing the packages that ${place}package-lock.json names …`)
  const { status } = spawnSync('npm', ['ci', '--loglevel=error'], {
    cwd: root + place,
    stdio: ['ignore', 'inherit', 'inherit'],
  })
  process.exitCode ||= status ?? 1
}

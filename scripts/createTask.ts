// `npm run create-task -- NAME`: a new task type of the product, its cases, and its entry in docs/tasks.md.
import { execFileSync } from 'node:child_process'
import { existsSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { newTaskType } from '../src/run/newTaskType.ts'

const root = fileURLToPath(new URL('..', import.meta.url))
const [name = ''] = process.argv.slice(2)
if (!/^[a-z][A-Za-z0-9]*$/.test(name)) {
  console.error('usage: npm run create-task -- NAME, in camel case such as ensureSymlink')
  process.exit(1)
}
const [type, cases] = newTaskType(name)
const files = [
  { path: `tasks/${type.name}`, text: type.text },
  { path: `test/tasks/${cases.name}`, text: cases.text },
]
const there = files.find(({ path }) => existsSync(root + path))
if (there) {
  console.error(`'${there.path}' exists already`)
  process.exit(1)
}
for (const { path, text } of files) {
  writeFileSync(root + path, text)
  console.log(`created ${path}`)
}
execFileSync('npm', ['run', 'docs', '--silent'], { cwd: root, stdio: 'inherit' })
console.log('updated docs/tasks.md')
console.log('next: npx vitest run --project unit test/tasks, then npx vitest run --project e2e test/e2e/law')

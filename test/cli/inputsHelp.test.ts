// What --help says of a playbook's inputs.
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { aboutPlaybook, type InputToShow, inputsHelp } from '../../src/cli/inputsHelp.ts'

const ORDINARY = { required: false, sensitive: false }

test('each input with its type, default and description, wrapped', () => {
  const inputs: InputToShow[] = [
    { ...ORDINARY, name: 'containerd_version', type: 'string', enum: ['1.6', '1.7'], default: '1.7' },
    { ...ORDINARY, name: 'token', type: 'string', required: true, sensitive: true, default: 'hunter2' },
    {
      ...ORDINARY,
      name: 'port',
      type: 'integer',
      default: 10250,
      description: 'Where the kubelet streams to; each compute node needs the same one, and no firewall before it.',
    },
    { ...ORDINARY, name: 'name', type: 'string', pattern: '[a-z]+', default: 'a b' },
    {
      ...ORDINARY,
      name: 'shares',
      type: 'list',
      items: {
        type: 'map',
        keys: { name: { type: 'string', required: true }, size: { type: 'integer', required: false } },
      },
    },
  ]
  expect(inputsHelp('deploy.yml', inputs, 80)).toBe(`Inputs of deploy.yml (set with -e NAME=VALUE):
  containerd_version  1.6 | 1.7, default 1.7
  token               string, required, default (hidden), never shown
  port                integer, default 10250
                      Where the kubelet streams to; each compute node needs the
                      same one, and no firewall before it.
  name                string, matching [a-z]+, default "a b"
  shares              list of map { name, size? }

`)
})

test('none', () => {
  expect(inputsHelp('a.yml', [], 80)).toBe('Inputs of a.yml: none\n\n')
})

test('the comment at the head of a playbook', () => {
  expect(aboutPlaybook('a.yml', '---\n# Does it.\n#\n#   twice\n\n# Not this.\n- hosts: all\n')).toBe(
    'a.yml:\n  Does it.\n\n    twice\n\n',
  )
  expect(aboutPlaybook('a.yml', '- hosts: all\n')).toBe('')
})

test('that of deploy.yml says what running jobs notice', () => {
  const text = readFileSync(new URL('../../playbooks/deploy.yml', import.meta.url), 'utf8')
  expect(aboutPlaybook('deploy.yml', text)).toMatch(/What running jobs notice: .* go on while /)
})

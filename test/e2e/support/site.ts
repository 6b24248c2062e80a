// A folder with an inventory and a playbook, as a site has one, for one test.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type Ended, command, type Running, type Situation, startCommand } from './command.ts'

export class Site {
  readonly folder = mkdtempSync(join(tmpdir(), 'crane-play-e2e-'))
  /** Before what a test itself says: no file of this machine's user decides anything. */
  readonly options: string[] = ['--ssh-config', 'none']

  path(name: string): string {
    return join(this.folder, name)
  }

  write(files: Readonly<Record<string, string | Uint8Array>>): this {
    for (const [name, content] of Object.entries(files)) {
      mkdirSync(dirname(this.path(name)), { recursive: true })
      writeFileSync(this.path(name), content)
    }
    return this
  }

  /** One play for the hosts with these tasks, as they stand in a playbook at the left margin. */
  play(tasks: string, { hosts = 'all', more = '' }: { readonly hosts?: string; readonly more?: string } = {}): this {
    const indented = tasks.replace(/^(?=.)/gm, '    ')
    return this.write({ 'site.yml': `- name: site\n  hosts: ${hosts}\n${more}  tasks:\n${indented}` })
  }

  start(argv: readonly string[] = [], situation: Situation = {}): Running {
    return startCommand(['site.yml', '-i', 'hosts', ...this.options, ...argv], { cwd: this.folder, ...situation })
  }

  run(argv: readonly string[] = [], situation: Situation = {}): Promise<Ended> {
    return this.start(argv, situation).ended
  }

  /** With other playbooks and inventories than site.yml and hosts. */
  say(argv: readonly string[], situation: Situation = {}): Promise<Ended> {
    return command([...argv, ...this.options], { cwd: this.folder, ...situation })
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }
}

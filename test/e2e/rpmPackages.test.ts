// installPackage on a host with real rpm and dnf: lists, epochs, virtual packages, missing names, and what would be removed;
// and BindFs and containerd from signed repositories that stand for EPEL and its vendor's.
import { execFileSync, spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { labHost, ownLab } from '../../lab/index.ts'
import type { RunEvent } from '../../src/model/runEvent.ts'
import { deployRun } from './support/deployRun.ts'
import { labSite } from './support/labSite.ts'
import { RPM_HOST as HOST, rpmLab } from './support/rpmLab.ts'

const NAME = ownLab('rpm-packages')
const rpm = rpmLab(NAME)

async function onHost(text: string): Promise<string> {
  const { stdout, stderr, exitCode } = await labHost(HOST, NAME).exec(text)
  expect({ text, stderr, exitCode }).toMatchObject({ exitCode: 0 })
  return stdout
}

/** One task, run as a user would. */
async function install(params: object, ...options: string[]) {
  if (!rpm.lab) throw new Error('there is no lab')
  const site = labSite(rpm.lab, { [HOST]: `ansible_host=${labHost(HOST, NAME).address}` })
  try {
    site.play(`- installPackage: ${JSON.stringify(params)}\n`, { more: '  gather_facts: false\n' })
    const { out, err } = await site.run(['--output', 'jsonl', ...options])
    const events = out.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as RunEvent]))
    const [result] = events.flatMap((event) => (event.type === 'task-result' ? [event.result] : []))
    if (!result) throw new Error(`there is no result:\n${err}${out}`)
    return result
  } finally {
    rmSync(site.folder, { recursive: true })
  }
}

interface Example {
  readonly it: string
  readonly setup?: string
  readonly params: object
  /** What check mode and the run show as the diff. */
  readonly shows: string
  /** A shell script that must exit with status 0 on the host afterwards. */
  readonly proof: string
}

const changes: readonly Example[] = [
  {
    it: 'a list with epochs, in one transaction',
    params: { name: ['bind-utils', 'chrony', 'tree'] },
    shows: '--- chrony\n+++ chrony\n-absent\n+installed\n',
    proof: `[ "$(rpm -q --qf '%{INSTALLTID}\\n' bind-utils chrony tree | sort -u | wc -l)" = 1 ]`,
  },
  {
    it: 'a version with its epoch, older than the one installed',
    setup: 'dnf -y -q install tree',
    params: { name: 'tree', version: '1.8.*' },
    shows: '-2.1.0-1.el9\n+1.8.*\n',
    proof: 'rpm -q tree-1.8.0-1.el9',
  },
  {
    it: 'the newest of a list, where dnf is content with an older one',
    setup:
      'dnf -y -q install bind-utils tree-1.8.0; dnf -y -q downgrade tree-1.8.0; grep -q best=False /etc/dnf/dnf.conf',
    params: { name: ['bind-utils', 'tree', 'chrony'], state: 'latest' },
    shows: '--- tree\n+++ tree\n-1.8.0-1.el9\n+2.1.0-1.el9\n',
    proof: 'rpm -q tree-2.1.0-1.el9 chrony bind-utils',
  },
  {
    it: 'one that conflicts with another, where that may go',
    setup: 'dnf -y -q install lab-docker',
    params: { name: 'lab-podman', allowRemovals: true },
    shows: '--- lab-docker\n+++ lab-docker\n-installed\n+absent\n',
    proof: 'rpm -q lab-podman && ! rpm -q lab-docker',
  },
  {
    it: 'one that replaces another, where that may go',
    setup: 'rpm -q lab-old-agent || rpm -i /srv/rpm/base/lab-old-agent-1*.rpm',
    params: { name: 'lab-agent', allowRemovals: true },
    shows: '--- lab-old-agent\n+++ lab-old-agent\n-installed\n+absent\n',
    proof: 'rpm -q lab-agent && ! rpm -q lab-old-agent',
  },
  {
    it: 'removes a list',
    setup: 'dnf -y -q install jq tree',
    params: { name: ['jq', 'tree', 'nope'], state: 'absent' },
    shows: '+++ jq\n',
    proof: '! rpm -q jq && ! rpm -q tree',
  },
]

describe('changes', () => {
  it.for(changes)('$it', async ({ setup, params, shows, proof }, { skip }) => {
    skip(!rpm.lab, rpm.problem)
    if (setup !== undefined) await onHost(setup)
    const before = await onHost('rpm -qa | sort')
    const checked = await install(params, '--check', '--diff')
    expect(JSON.stringify(checked.diffs)).toContain(JSON.stringify(shows).slice(1, -1))
    expect(await onHost('rpm -qa | sort'), 'check mode changed something').toBe(before)

    expect(await install(params, '--diff')).toMatchObject({ outcome: 'changed', diffs: checked.diffs })
    await onHost(proof)
    expect(await install(params), 'the second run').toMatchObject({ outcome: 'ok' })
  })
})

const refusals: readonly (Pick<Example, 'it' | 'setup' | 'params'> & { readonly says: string })[] = [
  {
    it: 'a package that no repository has',
    params: { name: ['jq', 'nope'] },
    says: 'no repository of the host has nope',
  },
  {
    it: 'a conflict',
    setup: 'rpm -q lab-docker || dnf -y -q --allowerasing install lab-docker',
    params: { name: 'lab-podman' },
    says: 'installing lab-podman would remove lab-docker',
  },
  {
    it: 'an obsolete package',
    setup: 'rpm -e lab-agent; rpm -i /srv/rpm/base/lab-old-agent-1*.rpm 2>/dev/null; rpm -q lab-old-agent',
    params: { name: 'lab-agent' },
    says: 'installing lab-agent would remove lab-old-agent',
  },
  {
    it: 'an upgrade that replaces another package',
    setup:
      'rpm -e lab-agent 2>/dev/null; rpm -q lab-old-agent || rpm -i /srv/rpm/base/lab-old-agent-1*.rpm; rpm -i /srv/rpm/base/lab-agent-1*.rpm',
    params: { name: 'lab-agent', state: 'latest' },
    says: 'installing lab-agent would remove lab-old-agent',
  },
]

describe('refuses', () => {
  it.for(refusals)('$it', async ({ setup, params, says }, { skip }) => {
    skip(!rpm.lab, rpm.problem)
    if (setup !== undefined) await onHost(setup)
    const before = await onHost('rpm -qa | sort')
    expect(await install(params)).toMatchObject({
      outcome: 'failed',
      failure: { cause: expect.stringContaining(says) },
    })
    expect(await onHost('rpm -qa | sort')).toBe(before)
  })
})

describe('has nothing to do', () => {
  it.for([
    { it: 'for what another package provides', setup: 'dnf -y -q install s-nail', params: { name: 'mailx' } },
    {
      it: 'where the installed version is newer than those of the repositories',
      setup: 'rpm -U --nodeps /srv/rpm/containerd-2.1/containerd.io-2*.rpm',
      params: { name: 'containerd.io', state: 'latest' },
    },
  ])('$it', async ({ setup, params }, { skip }) => {
    skip(!rpm.lab, rpm.problem)
    await onHost(setup)
    expect(await install(params)).toMatchObject({ outcome: 'ok' })
  })
})

/** What makes a signed repository on this machine. */
const lacking = ['gpg', 'rpmsign', 'createrepo_c'].filter((tool) => spawnSync('which', [tool]).status !== 0)

/** Moves packages from the host's own repository into one at `path`, signed with a new key; returns the key's path. */
async function makeSigned(path: string, name: string, files: string, folder: string): Promise<string> {
  await onHost(`rpm -e --nodeps ${name} 2>/dev/null; mkdir ${path}; cp ${files} ${path}
    sed -i '/^excludepkgs=/d; /^\\[/a excludepkgs=bindfs,containerd.io' /etc/yum.repos.d/*.repo`)
  const home = join(folder, 'gpg')
  mkdirSync(home, { mode: 0o700 })
  const gpg = (...words: string[]) => execFileSync('gpg', ['--homedir', home, '--batch', '-q', ...words]).toString()
  gpg('--passphrase', '', '--quick-generate-key', 'vendor@lab', 'rsa2048', 'sign', '2d')
  const key = join(folder, 'vendor.asc')
  writeFileSync(key, gpg('--armor', '--export', 'vendor@lab'))
  const directory = join(labHost(HOST, NAME).root, path)
  // Debian's rpm looks for gpg2.
  const macros = `--define "__gpg $(command -v gpg)" --define '_gpg_name vendor@lab' --define '_gpg_path ${home}'`
  const sign = `rpmsign ${macros} --addsign '${directory}'/*.rpm`
  execFileSync('sh', ['-ec', `${sign}; createrepo_c -q '${directory}'; gpgconf --homedir '${home}' --kill all`], {
    stdio: 'pipe',
  })
  return key
}

describe('a package from a signed repository, where the repositories of the host lack it', () => {
  const alone = { cni: false, stream_tls: false }
  it.for([
    {
      playbook: 'bindfs.yml',
      name: 'bindfs',
      files: '/srv/rpm/base/bindfs-*.rpm',
      id: 'epel-crane',
      inputs: (repository: object) => ({ epel_repository: repository }),
      tasks: ['installPackage'],
      proof: 'bindfs --version',
    },
    {
      playbook: 'runtime.yml',
      name: 'containerd.io',
      files: '/srv/rpm/containerd-2.1/containerd.io-*.rpm',
      id: 'container-runtime',
      inputs: (repository: object) => ({
        runtime_repository: repository,
        containerd_package: 'containerd.io',
        ...alone,
      }),
      tasks: ['installPackage', 'configureContainerd', 'ensureService'],
      proof: 'containerd --version | grep " 2\\.1\\."',
    },
  ])('$playbook', async ({ playbook, name, files, id, inputs, tasks, proof }, { skip }) => {
    if (!rpm.lab) return skip(rpm.problem)
    skip(lacking.length > 0, `this machine has no ${lacking.join(', ')} to sign a repository with`)
    const { lab } = rpm
    const folder = mkdtempSync(join(tmpdir(), 'crane-play-vendor-'))
    try {
      const path = `/srv/${id}`
      const key = await makeSigned(path, name, files, folder)
      const run = (repository: object) => deployRun(lab, playbook, '-e', JSON.stringify(inputs(repository)))
      const { failures } = await run({})
      expect(failures).toMatchObject([{ cause: expect.stringContaining(`no repository of the host has ${name}`) }])
      const signed = { dnf: { urls: `file://${path}` }, key }
      const changes = ['packageRepository', ...tasks].map((task) => `${HOST} ${task}`)
      expect(await run(signed)).toMatchObject({ status: 3, failures: [], changes })
      expect(await onHost(`dnf -q list --installed ${name}; ${proof}`)).toContain(`@${id}`)
      expect(await run(signed)).toMatchObject({ status: 0, failures: [], changes: [] })
    } finally {
      rmSync(folder, { recursive: true })
    }
  })
})

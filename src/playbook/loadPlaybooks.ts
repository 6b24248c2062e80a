// The front door: playbook files against task types and inventory, to something the engine may run.
import type { Catalogue, TaskTypeInfo } from '../model/catalogue.ts'
import { type Checked, checked, mistaken, type SourceSpan } from '../model/diagnostic.ts'
import { didYouMean } from '../model/didYouMean.ts'
import type { FactInfo } from '../model/facts.ts'
import type { Inventory, Json } from '../model/inventory.ts'
import { LANGUAGE_TASKS } from '../model/languageTasks.ts'
import type { ValidPlaybook } from '../model/playbook.ts'
import { FileChecks, type ProbeFile, probeFileOnDisk, type ProbeTree } from './check/fileChecks.ts'
import { type ExtraVar, inputTypeOf, parseExtraVars, valueFor } from './extraVars.ts'
import { factsType } from '../language/factTypes.ts'
import type { AuthoredInventory } from '../text/authored.ts'
import { Findings } from '../text/findings.ts'
import { HostFindings } from './check/hostFindings.ts'
import { reportUnknownHosts, withoutConsequences } from './check/unknownHosts.ts'
import { warnOfHidden, warnOfUnevaluated } from './check/inventoryValues.ts'
import { type ParsedPlaybook, parsedTasks } from './parse/parsed.ts'
import { listOnDisk, type ListDirectory } from './parse/fileNames.ts'
import { FileParser, type ReadFile, readFilesFromDisk } from './parse/parseFiles.ts'
import { runVariables } from './check/runVariables.ts'
import { collectSecrets, secretMask } from './check/secrets.ts'
import { readTagOption } from './check/selectByTags.ts'
import { SourceText } from '../text/sourceText.ts'
import type { PlayContext, SelectHosts } from './check/playContext.ts'
import { sectionsOf } from './check/taskChain.ts'
import { validatePlay } from './check/validatePlay.ts'
import { readTree } from '../text/readTree.ts'
import { plainValue } from '../text/yamlTree.ts'

export type { ReadFile } from './parse/parseFiles.ts'
export type { SelectHosts } from './check/playContext.ts'

export interface LoadPlaybooks {
  /** As the user named them; messages repeat them. */
  readonly paths: readonly string[]
  /** UTF-8 text of a file; throws as node:fs does. Default: the disk. */
  readonly readFile?: ReadFile
  /** The names in a directory; none where there is none. Default: the disk. */
  readonly listDirectory?: ListDirectory
  /** Looks at a file that a task names, and throws as node:fs does. Default: the disk. */
  readonly probeFile?: ProbeFile
  /** Likewise a directory that is copied. */
  readonly probeTree?: ProbeTree
  readonly catalogue: Catalogue
  /** By name: what expressions read as `facts.NAME`. Default: none. */
  readonly facts?: ReadonlyMap<string, FactInfo>
  readonly inventory: AuthoredInventory
  readonly selectHosts: SelectHosts
  /** Each as it stood behind one `-e`. */
  readonly extraVars?: readonly string[]
  /** `--limit`. */
  readonly limit?: string | undefined
  readonly tags?: readonly string[]
  readonly skipTags?: readonly string[]
  /** Value of `crane_check_mode`. Default false. */
  readonly check?: boolean
  /** `--force-handlers`: as if every play said `force_handlers`. */
  readonly forceHandlers?: boolean
}

/** All mistakes at once; nothing is sent to a host, nothing is printed. */
export function loadPlaybooks(options: LoadPlaybooks): Checked<ValidPlaybook> {
  const findings = new Findings()
  const files = new FileParser(options.readFile ?? readFilesFromDisk(), options.listDirectory ?? listOnDisk, findings)
  const parsed = files.playbooks(options.paths)
  const given = parseExtraVars(options.extraVars ?? [], (path, at) => files.tree(path, at), findings)
  const valid = validate(parsed, given, options, files, findings)
  const sensitive = parsed.inputs.filter((input) => input.sensitive).map((input) => given.get(input.name)?.given)
  const typed = sensitive.flatMap((one) => (one && 'text' in one ? [one.text] : []))
  const hide = secretMask([...valid.secrets, ...typed])
  if (findings.failed) return mistaken(withoutConsequences(findings.all).map(hide))
  return checked(valid, findings.warnings.map(hide))
}

function validate(
  parsed: ParsedPlaybook,
  given: ReadonlyMap<string, ExtraVar>,
  options: LoadPlaybooks,
  files: FileParser,
  findings: Findings,
): ValidPlaybook {
  const { inventory, selectHosts } = options
  const own: readonly TaskTypeInfo[] = LANGUAGE_TASKS
  const catalogue: Catalogue = new Map([...own.map((type) => [type.name, type] as const), ...options.catalogue])
  const { extra, unproven } = readExtraVars(parsed, given, inventory, findings)
  const run = runVariables(
    inventory,
    parsed.inputs,
    extra,
    options.check ?? false,
    factsType(options.facts ?? NO_FACTS),
    new Map(Array.from(given.values(), ({ name, at }) => [name, at])),
  )
  const tags = new Set(
    parsed.plays.flatMap((play) => [
      ...play.tags,
      ...[...parsedTasks(sectionsOf(play)), ...play.handlers].flatMap((task) => task.tags),
    ]),
  )
  const limitAt =
    options.limit === undefined ? undefined : new SourceText('--limit', options.limit).span(0, options.limit.length)
  const context: PlayContext = {
    catalogue,
    files: new FileChecks(options.probeFile ?? probeFileOnDisk, options.probeTree ?? readTree),
    named: { source: (path, at) => files.source(path, at), matching: (text, from) => files.named(text, from) },
    selectHosts,
    limitTo: limitAt && limitTo(options.limit ?? '', limitAt, selectHosts, findings),
    forceHandlers: options.forceHandlers ?? false,
    onlyTags: readTagOption('--tags', options.tags ?? [], tags, findings),
    skipTags: readTagOption('--skip-tags', options.skipTags ?? [], tags, findings),
    run,
    used: new Set(),
    registered: new Map(),
    inputFindings: new HostFindings(),
    hostFindings: new HostFindings(),
    authored: new Map(),
    unknownHosts: [],
    findings,
  }
  const plays = parsed.plays.map((play, index) => validatePlay(play, index, context))
  reportUnknownHosts(context.unknownHosts, inventory, findings)
  context.hostFindings.tell(findings)
  for (const mistakes of context.authored.values()) for (const one of mistakes) findings.add(one)
  context.inputFindings.tell(findings, new Set(plays.flatMap(({ spec }) => spec.hosts)).size)
  for (const [name, at] of unproven) {
    // Expressions with mistakes do not show what they read.
    if (context.used.has(name) || (findings.failed && files.mention(name))) continue
    const close = didYouMean(name, context.used)
    findings.error('unused-extra-var', `nothing uses '${name}'`, at, close && `did you mean '${close}'?`)
  }
  if (limitAt && !findings.failed && plays.length > 0 && plays.every(({ spec }) => spec.hosts.length === 0))
    findings.error(
      'no-host-matched',
      '--limit excludes every host of every play',
      limitAt,
      "compare it with the plays' 'hosts:', or list them with --list-hosts",
    )
  else if (limitAt && !findings.failed) {
    const left = plays.filter(({ spec, limitedAway }) => limitedAway && spec.tasks.length > 0)
    const names = left.map(({ spec }) => `'${spec.name}'`).join(', ')
    const what = left.length === 1 ? 'the play' : `${left.length} of ${plays.length} plays:`
    if (left.length > 0) findings.warn('limited-away', `--limit leaves out ${what} ${names}`, limitAt)
  }
  if (parsed.plays.length === 0 && !findings.failed) findings.error('no-plays', 'the playbook has no plays')
  for (const { spec, variables } of plays) {
    warnOfUnevaluated(spec.hosts, context.used, variables, inventory, findings)
    if (run.facts) warnOfHidden(spec.hosts, context.used, inventory, findings)
  }
  const spec = {
    files: parsed.files,
    plays: plays.map((play) => play.spec),
    secrets: collectSecrets(run, plays),
  }
  // The brand: whoever holds this value knows that it was checked.
  return spec as unknown as ValidPlaybook
}

const NO_FACTS: ReadonlyMap<string, FactInfo> = new Map()

function limitTo(
  pattern: string,
  at: SourceSpan,
  selectHosts: SelectHosts,
  findings: Findings,
): ReadonlySet<string> | undefined {
  const found = selectHosts(pattern, at)
  for (const one of found.ok ? found.warnings : found.diagnostics) findings.add(one)
  return found.ok ? new Set(found.value) : undefined
}

/**
 * Values of `-e` by the type of what they set: an input, else a variable of a play or the inventory. `unproven`: names
 * that only an expression can justify, in a playbook that declares no inputs.
 */
function readExtraVars(
  { inputs, plays }: ParsedPlaybook,
  given: ReadonlyMap<string, ExtraVar>,
  inventory: AuthoredInventory,
  findings: Findings,
): { extra: Readonly<Record<string, Json>>; unproven: ReadonlyMap<string, SourceSpan> } {
  const extra: Record<string, Json> = {}
  const unproven = new Map<string, SourceSpan>()
  for (const one of given.values()) {
    if (one.name.startsWith('ansible_')) {
      findings.error(
        'bad-extra-vars',
        `'${one.name}' cannot be set with -e`,
        one.at,
        CONNECTION_OPTIONS[one.name] ?? 'set it in the inventory',
      )
      continue
    }
    const input = inputs.find((each) => each.name === one.name)
    const variable = plays.flatMap((play) => play.vars).find((entry) => entry.key === one.name)
    const known = variable ? plainValue(variable.value) : firstValue(inventory, one.name)
    const isTemplate = typeof known === 'string' && known.includes('{{')
    if (!input && known === undefined) {
      if (inputs.length > 0) {
        const names = [
          ...inputs.map((each) => each.name),
          ...plays.flatMap((play) => play.vars.map((entry) => entry.key)),
        ]
        const close = didYouMean(one.name, names)
        const list = `the inputs are ${inputs.map((each) => each.name).join(', ')}`
        findings.error(
          'unknown-input',
          `the playbook has no input '${one.name}'`,
          one.at,
          close ? `did you mean '${close}'?` : list,
        )
        continue
      }
      unproven.set(one.name, one.at)
    }
    const free = !input && (known === undefined || isTemplate)
    const shape = input ?? { name: one.name, type: inputTypeOf(known), required: false, sensitive: false }
    const value = free ? freeValue(one) : valueFor(shape, one, findings)
    if (value === undefined) continue
    extra[one.name] = value
    if (one.braces)
      findings.warn(
        'not-evaluated',
        `the {{ … }} in '${one.name}' is not evaluated`,
        one.at,
        'values given with -e are data: put the expression in the playbook',
      )
  }
  return { extra, unproven }
}

const freeValue = ({ given }: ExtraVar): Json => ('value' in given ? given.value : given.text)

function firstValue(inventory: Inventory, name: string): Json | undefined {
  for (const host of inventory.hosts.values()) if (host.vars[name] !== undefined) return host.vars[name]
  return undefined
}

const CONNECTION_OPTIONS: Readonly<Record<string, string>> = {
  ansible_user: 'use -u, or set it in the inventory',
  ansible_connection: 'use --transport, or set it in the inventory',
  ansible_become: 'use -b, or set it in the inventory',
  ansible_become_user: 'use --become-user, or set it in the inventory',
  ansible_become_password: 'use -K, or --become-password-file',
  ansible_become_pass: 'use -K, or --become-password-file',
  ansible_password: 'use -k',
  ansible_ssh_pass: 'use -k',
  ansible_ssh_private_key_file: 'use --private-key, or set it in the inventory',
}

// How each hint of the program is followed by a test, or why none can: every hint in the source has its row here.

export interface HintRow {
  /** Hints of this wording, `…` for what is filled in. */
  readonly hints: RegExp
  /** The test that follows it. */
  readonly followed?: string
  /** Why none can: what a person, a host or another program has to do first. */
  readonly left?: string
}

const followed = (test: string, ...hints: readonly RegExp[]): readonly HintRow[] =>
  hints.map((one) => ({ hints: one, followed: test }))
const left = (why: string, ...hints: readonly RegExp[]): readonly HintRow[] =>
  hints.map((one) => ({ hints: one, left: why }))

export const HINT_ROWS: readonly HintRow[] = [
  ...followed(
    'test/text/applyHint.ts, in each case of test/playbook and test/inventory',
    /^did you mean '…'\?( …)?$/,
    /^did you mean '(\[…:…\]|ansible_…)'\?$/,
    /delete this line/,
    /^write …, or '…' in quotes if a string is meant$/,
    /^write '…' in quotes( if a mode or a string is meant)?$/,
    /^put it in quotes: '…'$/,
    /^to name the …, put it in quotes: '…'$/,
  ),
  ...followed(
    'test/language/expressionMistakes.test.ts: compiled in its place before it is shown',
    /^write …$/,
    /^to render it, write '…: …'$/,
    /^see docs\/functions\.md for what to write instead$/,
    /^where it may be absent: has\(…\) \? … : …$/,
    /^such as has\(result\.stdout\)$/,
    /^convert one side: string\(x\)$/,
    /^such as …: \{ …: … \}$/,
  ),
  ...followed(
    'test/tasks/hintParameters.test.ts',
    /^change the mappings, or add `replace: true`/,
    /^add `(allowRemovals|recursive|running): true`/,
    /^name the keys to set, or write `state: absent`$/,
    /^give the files of the certificate and of its key, or set `streamTls: false`$/,
    /^add creates, removes or unless; `readOnly: true`/,
    /^write `sections: \{ Unit: /,
  ),
  ...followed('test/playbook/fileChecks.test.ts', /^use copyTree for a directory$/),
  ...followed('test/tasks/copyTree.test.ts', /^leave out 'delete'$/, /^run it again$/),
  ...followed('test/run/forksWithin.test.ts', /^run `ulimit -n …`…$/),
  ...left(
    'an edit of several places, or of a file that the mistake does not show',
    /^write (the handlers of all files|its tasks as handlers)/,
    /^move the task to 'handlers'$/,
    /^put the expression in the play's 'vars'$/,
    /^state the same default/,
    /^change the input's default/,
    /^write it as JSON, or as YAML in group_vars/,
    /^where the file system cannot map user ids/,
  ),
  ...left(
    'says what there is, and leaves the choice to you',
    /^(its forms are|it must match|……|one of|the files that fit|the inventory has|'…' has|'…' is a host|'…' is relative|such as)/,
    /^keep one of them|^rename |^choose another|^use another|^use '…'$|^write '…\[…:…\]'$/,
    /^(it printed|did not print|printed|cannot be executed|was ended by|exited with|did not finish|print "_meta")/,
    /^(it could be read|the archive does not hold|the command succeeded|craned reads|something on the host undoes)/,
    /^(values given with -e|values of an inventory file) are data/,
    /^(select that task too|set a variable from it|use a variable of the inventory|read it in the play's|choose the file by)/,
    /^(use it in the parameters|put the variable in the task's own|write a fixed name|it must be known before)/,
    /^(declare it with|remove it: all contains|name one: -i FILE, or -i|to read it, add|to run it, add|use all to select|set it in the inventory)/,
    /^(set a higher|…\), put one group|put groups inside|with -i name a program|name the host …|give the secret at run time)/,
    /^(write two tasks|write one task for each|write 'inputs:'|close it with|"\{\{ … \}\}"|write a value, or leave out|remove one of them)/,
    /^(compare a file of at most|name a file of at most|name what is in it|delete it: without creates)/,
    /^(…="…"|…='…'|drop it|use delegates|use confFromArgs|write `\{\{\.Gres|write KEY=value|set generation)/,
    /^(remove `prompt`|use a key or an agent|add the public key|add `…:`, or leave|add `(become|trusted): true`)/,
    /^(change the mappings, the users' lines|leave it out of nodes|set it to the socket|add --yes)/,
    /^(where it may be absent|use letters)/,
  ),
  ...left(
    'a file, a package or a directory of the host that only its administrator can judge',
    /^(fix|correct|give|bring back|move|name) .*(by hand|first|file|key|PEM|authority|registries|together)/,
    /^(create|remove|install|rename the table|remove the|write the plug-in|set the keys|look for keys|look at …)/,
    /^(check (its length|that it is UTF-8|that the user)|the Meta CNI plug-in comes|write one, with writeCni|BindfsBinary)/,
    /^(fix …|name (a directory|the node) |correct `gres`|copy it to the host|free space there|set `directory`|the node writes it below|load the module|give a file|write it in an earlier)/,
    /^(run on the host: |start it with ensureService|set ansible_|set TMPDIR|log in as root|remove `requiretty`)/,
    /^(fix it by hand|compare `hostname`|drain the node|run the task where|run again to go on|pull the image)/,
  ),
  ...left(
    'something to look at on a host, in a log or in a configuration of SSH',
    /^(see|check|compare|find out|on the node|read|try it|do not log in|someone may be|if the host was|log in once) ?/,
    /^(set stream|restart the runtime|open the port|set `Container|use -K or)/,
  ),
  ...left(
    'a mistake of a task type, which its author fixes',
    /^fix (the task type|the type or its cases|what failed there)/,
  ),
  ...left(
    "a key inside a configuration of Meta CNI: writeCni's cases have the right one beside the wrong one",
    /^add `…: true`, or leave capabilities out$/,
    /^write `ttl: 60`$/,
  ),
]

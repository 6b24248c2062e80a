// The hints of what people write, of the command line and of the engine that no pair follows.
import type { HintRow, HintRows } from './hintRow.ts'

/** Done by applyHint.ts to the text of each case in test/playbook and test/inventory that gets it. */
const applied = (part: string): HintRow => ['text/applyHint.ts', part]
/** Compiled in its place before it is shown. */
const compiled = (part: string): HintRow => ['language/expressionMistakes.test.ts', part]
const named = (part: string): HintRow => ['tasks/hintParameters.test.ts', part]
const INSTEAD = '`write …` with the whole condition is shown instead wherever that compiles, and is followed there'

export const TEXT_ROWS: HintRows = {
  "did you mean '…'?": applied('did you mean'),
  "did you mean '…'? …": applied('did you mean'),
  "did you mean '[…:…]'?": applied('did you mean'),
  "did you mean 'ansible_…'?": applied('did you mean'),
  'delete this line': applied('delete this line'),
  'write true': applied('write (true|false)'),
  'write false': applied('write (true|false)'),
  "write …, or '…' in quotes if a string is meant": applied('write (true|false)'),
  "write '…' in quotes": applied("write '([^']+)'"),
  "write '…' in quotes if a mode or a string is meant": applied("write '([^']+)'"),
  "…write '…'": applied("write '([^']+)'"),
  "put it in quotes: '…'": applied('put it in quotes'),
  "to name the …, put it in quotes: '…'": applied('put it in quotes'),
  'leave the quotes out: …': applied('leave the quotes out'),
  'without quotes: …': applied('without quotes'),
  'close the quotes': 'where the quotes should end, only the person who opened them knows',
  'look at the quotes and the indentation of this line and the one above':
    'the YAML parser could not say which of the two is wrong',

  'see docs/functions.md for what to write instead': compiled('see docs/functions.md'),
  'where it may be absent: ….?….orValue(…)': compiled('orValue'),
  "compare it: x == 'yes', x != ''": INSTEAD,
  'compare it: x > 0': INSTEAD,
  'check its size: size(x) > 0': INSTEAD,
  'read one of its fields: x.changed': INSTEAD,
  'it …': "the rule of a parameter, in the task type's words: which value is meant, only the author knows",
  'set a variable from the fact on that host with setVars, and read the variable':
    'needs a task for another host, in a place of the play that only its author can choose',
  'set a variable from it with setVars on …, and read that one':
    'needs a task for another host, in a place of the play that only its author can choose',
  'each item must be …': 'says what fits; which items are meant, only the author knows',
  'it must match …': 'says the pattern of a parameter without words of its own, which only a task type of a site has',
  'the inventory has no groups': 'says what there is: which groups the hosts belong to, only the administrator knows',
  'with -i name a program that prints the hosts as JSON, such as a script with `exec ansible-inventory -i FILE --list`':
    "needs Ansible and the inventory plug-in of the site's own provider",
  'print "_meta": {"hostvars": {HOST: {…}}}, even if it is empty': ['inventory/loadInventory.test.ts', '_meta'],
  'it printed: …': "the last words of the user's own inventory program, which only its author can fix",
  'name one: -i FILE, or -i crane01,crane[02-04]': ['cli/hintCommands.ts', 'name one: -i FILE'],
  'to read it, add -i …': 'an inventory in the directory of another user: the tests run as one user',
  'to use it, add -i …': 'an inventory in the directory of another user: the tests run as one user',
  'copy it and the inventory to a directory of yours': 'a directory of another user: the tests run as one user',
  'check it, then copy it to a directory of yours: `cp -r … ~/`': 'a file of another user: the tests run as one user',

  '`crane-play --help` lists all options': 'which option was meant, only the user knows',
  'crane-play explain VAR [PLAYBOOK...] -i INVENTORY [--host PATTERN]':
    'the form of the command: which variable is meant, only the user knows',
  'add --yes to make these changes': ['e2e/doctor.test.ts', 'repairs with a yes what the playbooks can'],
  'name a directory that only you can write to': 'a directory of another user: the tests run as one user',
  "rename it, or name it under 'exclude'": 'a name that no host can have: which one is meant, only the author knows',
  "copy what it points to into the directory, or name it under 'exclude' and make it with ensureLink":
    'what a link out of the directory is for, only its author knows',
  'fix the type or its cases': "a task type of the site's own, which its author fixes",
  'fix the task type': "a task type of the site's own, which its author fixes",
  'run `ulimit -n …`…': ['run/forksWithin.test.ts', 'ulimit -n'],
  'something on the host undoes it, or another task asks for the opposite':
    'another program or person works on the host against the task',
  'it could be read when the run began': 'a file of this machine that somebody removed during the run',
  'delete the task, or run it on a terminal': ['cli/askLine.test.ts', 'delete the task, or run it on a terminal'],

  'give the files of the certificate and of its key, or set `streamTls: false`': named('NAMED'),
  'name the keys to set, or write `state: absent`': named('NAMED'),
  'add `running: true` or `enabled: true`': named('NAMED'),
  'change the mappings, or add `replace: true` where the old lines can go': named('NAMED'),
  'write `sections: { Unit: { After: containerd.service } }`': named('NAMED'),
  'add `recursive: true` to remove it with all that is in it': named('NAMED'),
  'add `allowRemovals: true` if they can go': named('NAMED'),
  'add `allowDowngrade: true` if it can go back': named('NAMED'),
  'add creates, removes or unless; `readOnly: true` if it changes nothing; or `always: true` if it must run every time':
    named('NAMED'),
}

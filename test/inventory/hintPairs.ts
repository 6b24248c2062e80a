// Hints that are followed by changing an inventory: the file that gets each, and the file after it was followed.

/** The hint as it stands in the source, with `…` for what is filled in; the text before and after. */
export const INVENTORY_PAIRS: readonly (readonly [hint: string, before: string, after: string])[] = [
  ['write […]', '[compute:hosts]\na\n', '[compute]\na\n'],
  [
    'put variables of the group into a section […:vars]',
    '[compute]\na\nrack=1\n',
    '[compute]\na\n[compute:vars]\nrack=1\n',
  ],
  [
    'put variables into a section […:vars]',
    '[compute]\na\n[all:children]\ncompute rack=1\n',
    '[compute]\na\n[compute:vars]\nrack=1\n',
  ],
  ['remove the blanks around =', 'a rack = 1\n', 'a rack=1\n'],
  ['quote the value, or put the comment on its own line', 'x\n[all:vars]\nnote=b #c\n', 'x\n[all:vars]\nnote="b #c"\n'],
  ['write one host, or one node set such as crane[02-04], on each line', 'a b\n', 'a\nb\n'],
  ['declare it with […], even if it is empty', 'x\n[all:children]\nempty\n', 'x\n[empty]\n[all:children]\nempty\n'],
  ['rename the host: this group always exists', 'ungrouped\n', 'alone\n'],
  ['keep one of them: the first is at …', '[a]\nx\n[b]\nx\nx\n', '[a]\nx\n[b]\nx\n'],
]

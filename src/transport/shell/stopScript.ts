// The script that ends what a hung or cancelled shell left running, and checks that it is gone.
import type { ShellProcess } from './partReplies.ts'
import type { Cancelled, PartReply } from '../session.ts'

/**
 * Ends the shell, its process group, and every descendant wherever it has gone (a package manager gives dpkg a session
 * of its own). The shell is first, so that it does not go on to the next part. Built-ins only, but for `sleep`: a host
 * in trouble may not be able to do more. Prints `gone`, or `left` and the processes that are still there.
 */
const STOP = `# Sets _found to the processes of the group and the descendants of those in _found.
find_tree() {
_all=
for _file in /proc/[0-9]*/stat; do
_line=
read -r _line <"$_file"
_pid=\${_line%% *}
set -- \${_line##*) }
case \${1:-Z} in Z|X) continue ;; esac
case $3 in "$group") [ "$group" = 0 ] || case $_found in *" $_pid "*) ;; *) _found="$_found$_pid " ;; esac ;; esac
_all="$_all$_pid:$2 "
done 2>/dev/null
_more=1
while [ -n "$_more" ]; do
_more=
for _pair in $_all; do
case $_found in *" \${_pair%%:*} "*) continue ;; esac
case $_found in *" \${_pair#*:} "*) _found="$_found\${_pair%%:*} " _more=1 ;; esac
done
done
}
# Sets _left to those of _found that are neither gone nor waiting to be reaped.
look() {
_left=
for _pid in $_found; do
_line=
read -r _line <"/proc/$_pid/stat" || continue
set -- \${_line##*) }
case \${1:-Z} in Z|X) ;; *) _left="$_left$_pid " ;; esac
done 2>/dev/null
}
end() {
[ "$group" = 0 ] || kill "-$1" -- "-$group"
for _pid in $_found; do kill "-$1" "$_pid"; done
} 2>/dev/null
wait_gone() {
while look; [ -n "$_left" ] && [ "$1" -gt 0 ]; do
sleep 0.1 2>/dev/null || sleep 1
set -- $(($1 - 1))
done
}
_found=" $shell "
find_tree
end TERM
wait_gone "$grace"
find_tree
if look; [ -n "$_left" ]; then
end KILL
wait_gone 20
fi
case $_left in '') echo gone ;; *) echo "left $_left" ;; esac
`

/** `graceMs` is how long a process may take to clean up after TERM before KILL. */
export const stopScript = ({ pid, group }: ShellProcess, graceMs: number): string =>
  `shell=${pid} group=${group} grace=${Math.ceil(graceMs / 100)}\n${STOP}`

export function stopResult(reply: PartReply | undefined): Cancelled {
  const words = reply?.stdout.toString('latin1').trim().split(/\s+/) ?? []
  if (words[0] === 'gone') return { state: 'stopped' }
  const pid = Number(words[1])
  if (words[0] === 'left' && pid > 0) return { state: 'still-running', pid }
  return { state: 'unknown', why: 'the host did not say whether the processes are gone' }
}

// The script that ends what a hung or cancelled shell left running, and checks that it is gone.
import type { ShellProcess } from './partReplies.ts'
import { PART_VARIABLE } from './requestText.ts'
import type { Cancelled, PartReply } from '../session.ts'

/**
 * Ends the shell and what the part that it runs has started: every descendant wherever it has gone (a package manager
 * gives dpkg a session of its own), what lost its parent in the shell's process group since the part began, and what has
 * the part's mark in its environment. What an earlier part left running is older, with another mark: it stays. The shell
 * is first, so that it does not go on to the next part. Built-ins only, but for `sleep` and `grep`: a host in trouble may
 * not be able to do more. Prints `gone`, or `left` and the processes that are still there.
 */
const STOP = `# Sets _all to the processes of the host, each with its parent, group and start, and adds to _found what belongs to it.
find_part() {
_all=
for _file in /proc/[0-9]*/stat; do
_line=
read -r _line <"$_file"
_pid=\${_line%% *}
set -- \${_line##*) }
case \${1:-Z} in Z|X) continue ;; esac
_all="$_all$_pid:$2:$3:\${20} "
done 2>/dev/null
find_children
[ "$_since" ] || find_beginning
[ "$group" = 0 ] || [ ! "$_since" ] || find_orphans
find_marked
}
find_marked() {
for _file in $(timeout 5 grep -lsF "${PART_VARIABLE}=$mark" /proc/[0-9]*/environ); do
_pid=\${_file#/proc/} _pid=\${_pid%/*}
case $_found in *" $_pid "*) ;; *) _found="$_found$_pid " ;; esac
done 2>/dev/null
find_children
}
find_children() {
_more=1
while [ -n "$_more" ]; do
_more=
for _each in $_all; do
_pid=\${_each%%:*} _parent=\${_each#*:}
case $_found in *" $_pid "*) continue ;; esac
case $_found in *" \${_parent%%:*} "*) _found="$_found$_pid " _more=1 ;; esac
done
done
}
# Sets _since and _first to the start and number of the oldest process that the shell has started and not ended.
find_beginning() {
for _each in $_all; do
_pid=\${_each%%:*} _start=\${_each##*:}
case $_found in *" $_pid "*) ;; *) continue ;; esac
case $_pid in "$shell"|"$group") continue ;; esac
if [ ! "$_since" ] || [ "$_start" -lt "$_since" ] || { [ "$_start" -eq "$_since" ] && [ "$_pid" -lt "$_first" ]; }; then
_since=$_start _first=$_pid
fi
done
}
find_orphans() {
for _each in $_all; do
_pid=\${_each%%:*} _start=\${_each##*:} _group=\${_each%:*}
[ "\${_group##*:}" = "$group" ] || continue
[ "$_start" -gt "$_since" ] || { [ "$_start" -eq "$_since" ] && [ "$_pid" -gt "$_first" ]; } || continue
case $_found in *" $_pid "*) ;; *) _found="$_found$_pid " ;; esac
done
find_children
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
for _pid in $_found; do kill "-$1" "$_pid"; done
} 2>/dev/null
wait_gone() {
while look; [ -n "$_left" ] && [ "$1" -gt 0 ]; do
sleep 0.1 2>/dev/null || sleep 1
set -- $(($1 - 1))
done
}
# The group is led by the shell, or by the sudo that it runs under.
_found=" $shell " _since=
case $group in 0|"$shell") ;; *) _found="$_found$group " ;; esac
find_part
end TERM
wait_gone "$grace"
for _round in 1 2 3; do
find_part
look
[ -n "$_left" ] || break
end KILL
wait_gone 7
done
case $_left in '') echo gone ;; *) echo "left $_left" ;; esac
`

/** `graceMs` is how long a process may take to clean up after TERM before KILL. */
export const stopScript = ({ pid, group, mark = 'none' }: ShellProcess, graceMs: number): string =>
  `shell=${pid} group=${group} mark=${mark} grace=${Math.ceil(graceMs / 100)}\n${STOP}`

export function stopResult(reply: PartReply | undefined): Cancelled {
  const words = reply?.stdout.toString('latin1').trim().split(/\s+/) ?? []
  if (words[0] === 'gone') return { state: 'stopped' }
  const pid = Number(words[1])
  if (words[0] === 'left' && pid > 0) return { state: 'still-running', pid }
  return { state: 'unknown', why: 'the host did not say whether the processes are gone' }
}

// The shell functions that compare a directory of a host with a list of digests.
import { ENTER_FUNCTIONS } from '../steps/enterDirectory.ts'

/** Bytes of a file that differs which are brought to show a diff. */
export const TEXT_LIMIT = 64 * 1024
/** How many of such files. */
const TEXTS = 20

// `probe_tree PATH FOLLOW` goes to the directory without following links that another user can replace.
const PROBE_TREE = `stat -c '%u:%g:%U:%G' /proc/self/
if [ -d "$1" ] && [ ! -x "$1" ]; then echo denied; return 1
elif [ -d "$1" ]; then
  if said=$(enter_directory "$1/." "$2" '' '' 2>&1) && enter_directory "$1/." "$2" '' '' 2>/dev/null; then
    echo directory; at=\${PWD%/} texts=0
  else printf 'refused %s\\n%s\\n' "\${#said}" "$said"; return 1
  fi
elif [ -e "$1" ] || [ -L "$1" ]; then echo other; return 1
else
  d=$1; while [ "$d" ] && [ ! -e "$d" ]; do d=\${d%/*}; done
  if [ -d "\${d:-/}" ] && [ ! -x "\${d:-/}" ]; then echo denied; else echo absent; fi
  return 1
fi`

// Each argument is `SHA256  ./NAME`, the digest empty for what is not a file: sha256sum takes such lines and names those
// that differ. It is given regular files alone, since a pipe would never end.
const PROBE_TREE_PART = `i=0 list=
for one; do
  i=$((i + 1)) name=\${one#*  }
  if [ -e "$name" ] || [ -L "$name" ]; then list="$list \\"\\\${$i#*  }\\""; fi
done
[ -z "$list" ] || eval "stat -c '%f:%u:%g:%U:%G:%s:%n' -- $list"
echo
other=$(for one; do
  name=\${one#*  }
  [ ! "\${one%%  *}" ] || [ ! -f "$name" ] || [ -L "$name" ] || printf '%s\\n' "$one"
done | sha256sum --quiet -c - 2>/dev/null)
[ -z "$other" ] || printf '%s\\n' "$other"
echo
for one; do
  name=\${one#*  }
  if [ ! "\${one%%  *}" ] && [ -L "$name" ]; then
    target=$(readlink -- "$name"; echo x); target=\${target%?x}
    echo "\${#target} $name"; printf '%s\\n' "$target"
  fi
done
echo
IFS='
'
set -f; set -- $other; set +f; unset IFS
for one; do
  case $one in *': FAILED') ;; *) continue ;; esac
  [ "$texts" -lt ${TEXTS} ] || break
  texts=$((texts + 1))
  probe_tree_text "$at/\${one%: FAILED}" "$follow"
done
echo`

// Links on the way are judged as they are for a file that is written, since a text is shown to the user.
const PROBE_TREE_TEXT = `if enter_directory "$1" "$2" '' '' 2>/dev/null && [ -f "./$name" ] && [ ! -L "./$name" ]; then
  stat -c '%s' -- "./$name"
  dd if="./$name" iflag=nofollow,nonblock,fullblock,count_bytes bs=64k count=${TEXT_LIMIT} status=none
else echo unread
fi`

export const TREE_FUNCTIONS = {
  ...ENTER_FUNCTIONS,
  probe_tree: PROBE_TREE,
  probe_tree_part: PROBE_TREE_PART,
  probe_tree_text: `( ${PROBE_TREE_TEXT} )`,
}

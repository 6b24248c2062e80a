// The shell functions that look at files: what is there, and their contents where nobody else chooses which file is read.
import { ENTER_FUNCTIONS } from '../steps/enterDirectory.ts'

/** What stat prints about a path: owner and group by number, type and permissions, size, number of names, times. */
const STAT_FORMAT = '%u:%g:%f:%s:%h:%.6Z/%.6Y/%W'

/** Numbers with their names. The C library opens a file for every name it looks up, so each pair is asked for once. */
const OWNER_FORMAT = '%u:%g:%U:%G'

/**
 * `probe_files LIMIT SILENT DIGESTS TEXTS FOLLOWED PATH…` prints a line for each path (what is there, then r: readable, l: a
 * link), the numbers of the paths that are read with care, where there are any, the names of each owner and group and an
 * empty line, stat's line for its own process, which shows who asks, and stat's line for each path that exists. Then
 * follow the beginnings of the files among the first TEXTS paths without the first SILENT of them, the digests of those
 * among the first DIGESTS, and what probe_carefully prints.
 * FOLLOWED has the numbers, each with a blank before and after it, of the paths whose links are followed whoever made them.
 * Each path is sent once, and nothing is forked but stat, head and, where it is asked for, sha256sum. Their arguments are
 * gathered as "${1}" "${2}" …: to put the paths themselves into another list would copy the list for each. Lines are
 * gathered too, as sha256sum writes each by itself: whatever is written alone travels in a packet of its own.
 *
 * What is brought of a file must not be that of another file, to which a link leads that someone made or swaps while it is
 * read. Nobody plants such a link where only root and the current user can write the directories on the way, so stat is
 * asked about the directories too. Where a link is on the way, namei shows the directories it leads through.
 */
const PROBE_FILES = `nl='
'
limit=$1 silent=$2 digests=$3 texts=$4 followed=$5 i=0 count=0 states= files= contents= names=$nl parents= doubt= heads= sums= careful=
shift 5
for p; do
  i=$((i + 1)) flags= p=/\${p#/}
  [ -L "$p" ] && flags=l
  if [ -r "$p" ]; then
    count=$((count + 1)) files="$files \\"\\\${$i}\\"" states="\${states}exists r$flags$nl"
    if [ $i -le "$texts" ] && [ -f "$p" ]; then
      contents="$contents $i" d=\${p%/*} up='/*'
      [ "$flags" ] && doubt=1
      case $p in *"$nl"*) doubt=1 d= ;; esac
      while [ "$d" ]; do
        case $names in *"$nl$d$nl"*) break ;; esac
        [ -L "$d" ] && doubt=1
        names=$names$d$nl parents="$parents \\"\\\${$i%$up}\\"" d=\${d%/*} up="/*$up"
      done
    fi
  elif [ -e "$p" ]; then count=$((count + 1)) files="$files \\"\\\${$i}\\"" states="\${states}exists $flags$nl"
  elif [ "$flags" ]; then states=\${states}dangling-link$nl
  else
    d=$p; while [ "$d" ] && [ ! -e "$d" ]; do d=\${d%/*}; done
    if [ -d "\${d:-/}" ] && [ ! -x "\${d:-/}" ]; then states=\${states}denied$nl; else states=\${states}absent$nl; fi
  fi
done
# Nothing is to be judged, and so nothing held back: an answer without an end is cut off on its way.
[ "$contents" ] || {
  printf %s "$states"; eval "stat -L -c '${OWNER_FORMAT}' -- /proc/self $files; echo; stat -L -c '${STAT_FORMAT}' -- /proc/self $files"
  return
}
stats=$(eval "exec stat -L -c '${STAT_FORMAT}' -- /proc/self / $parents $files")
judge_stats "$stats"
set +f; unset IFS
[ "$judged" ] || return
owners=$(eval "exec stat -L -c '${OWNER_FORMAT}' -- /proc/self$owners")
[ "$doubt$unsafe" = "$nl" ] || find_careful "$@"
printf '%s\\n' "$states\${careful:+careful$careful$nl}$owners" '' "$stats"
for i in $contents; do
  case "$careful " in *" $i "*) continue ;; esac
  [ $i -le "$silent" ] || heads="$heads \\"\\\${$i}\\""
  [ $i -gt "$digests" ] || sums="$sums \\"\\\${$i}\\""
done
[ -z "$heads" ] || eval "head -q -c $limit -- $heads"
[ -z "$sums" ] || sums=$(eval "exec sha256sum -- $sums")
[ -z "$sums" ] || printf '%s\\n' "$sums"
for i in $careful; do eval "probe_carefully $i \\"\\\${$i}\\""; done`

/**
 * `judge_stats LINES`: takes stat's lines for the process, for /, for the directories in `names` and for what is in `files`.
 * Leaves the first and the last of these in `stats`, in `unsafe` the directories that others than root and the process's
 * user can write, in `owners` one of `files` for each owner and group, and `judged` empty where there are too few lines.
 */
const JUDGE_STATS = `judged= unsafe=$nl IFS=$nl; set -f; set -- $1
stats=$1 me=\${1%%:*}
for d in / $names; do
  [ "$#" -gt 1 ] || return
  shift; owner=\${1%%:*} mode=\${1#*:*:} mode=\${mode%%:*}
  { [ "$owner" = 0 ] || [ "$owner" = "$me" ]; } && [ $((0x$mode & 0x12)) -eq 0 ] || unsafe=$unsafe$d$nl
done
shift; [ "$#" -eq "$count" ] || return
pair=\${stats#*:*:} pairs=" \${stats%":$pair"} " owners= judged=1
[ "$#" -eq 0 ] || stats="$stats$nl$*"
unset IFS
for file in $files; do
  pair=\${1#*:*:} pair=\${1%":$pair"}
  case $pairs in *" $pair "*) ;; *) pairs="$pairs$pair " owners="$owners $file" ;; esac
  shift
done`

/** `find_careful PATH…`: sets `careful` to the numbers of the paths among `contents` whose content may be another user's choice. */
const FIND_CAREFUL = `linked= led= my=\${owners#*:*:} my=\${my%%:*}
for i in $contents; do
  case $followed in *" $i "*) continue ;; esac
  eval "d=/\\\${$i#/}" how=
  case $d in *"$nl"*) how=careful ;; esac
  while [ "$d" ]; do
    [ ! -L "$d" ] || how=\${how:-linked}
    d=\${d%/*}
    case $unsafe in *"$nl\${d:-/}$nl"*) how=careful ;; esac
  done
  case $how in careful) careful="$careful $i" ;; linked) linked="$linked $i" led="$led \\"\\\${$i}\\"" ;; esac
done
[ -z "$linked" ] || ( lines=$(eval "exec namei -l -- $led" 2>/dev/null) || exit
  IFS=$nl; set -f
  for line in $lines; do
    IFS=' '; set -- $line
    case $1 in f:|l*|-*) ;; d????-??-*) [ "$2" = root ] || [ "$2" = "$my" ] || exit ;; *) exit 1 ;; esac
  done
) || careful="$careful$linked"`

/**
 * `probe_carefully NUMBER PATH`: `refused`, the length of the cause and the cause, or `entered`, stat's line, and content and
 * digest as asked for, of what is in the directory that was entered, and of no link's target.
 */
const PROBE_CAREFULLY = `if said=$(enter_directory "$2" '' '' '' 2>&1) && enter_directory "$2" '' '' '' 2>/dev/null; then
  echo entered
  stat -c '${OWNER_FORMAT}

${STAT_FORMAT}' -- "./$name"
  if [ -f "./$name" ] && [ ! -L "./$name" ]; then
    set -- "$1" dd if="./$name" iflag=nofollow,nonblock,fullblock,count_bytes bs=64k status=none
    [ "$1" -le "$silent" ] || { shift; "$@" count="$limit"; set -- "$i" "$@"; }
    [ "$1" -gt "$digests" ] || { shift; "$@" | sha256sum; }
  fi
else printf 'refused %s\\n%s\\n' "\${#said}" "$said"
fi`

export const FILE_FUNCTIONS = {
  ...ENTER_FUNCTIONS,
  probe_files: PROBE_FILES,
  judge_stats: JUDGE_STATS,
  find_careful: FIND_CAREFUL,
  probe_carefully: `( ${PROBE_CAREFULLY} )`,
}

// The shell function that goes to the directory of a path without following links that another user controls.

/**
 * `enter_directory PATH FOLLOW MAKE LINK`: makes the directory that contains PATH the current one and sets `name` to the last
 * name, which is not a link, unless LINK says that it may be one. FOLLOW, when not empty, allows every symbolic link; MAKE creates missing directories.
 *
 * A name in somebody else's directory can be swapped for a link at any instant, so the path is entered name by name and
 * the kernel's own idea of the current directory (`cd -P` sets PWD to it) is compared after each. A link counts only
 * where nobody but root and the current user can replace it: in a directory that they own and that nobody else can
 * write, or, in a sticky one, when they own the link. Afterwards the current directory stays what it is, whatever
 * happens to its names: what follows uses relative names.
 */
const ENTER_DIRECTORY = `path=$1 follow=$2 make=$3 link=$4 rest=$1 here= links=0
cd -P / || return
while :; do
  while [ "\${rest#/}" != "$rest" ]; do rest=\${rest#/}; done
  word=\${rest%%/*} rest=\${rest#"\${rest%%/*}"}
  while [ "\${rest#/}" != "$rest" ]; do rest=\${rest#/}; done
  case $word in
    .) if [ "$rest" ]; then continue; else name=.; return 0; fi ;;
    ..) cd -P .. && here=\${PWD%/} && rest=\${rest:-.} || return; continue ;;
  esac
  if [ -L "./$word" ] && { [ "$rest" ] || [ ! "$link" ]; }; then
    links=$((links + 1)); [ "$links" -le 40 ] || { echo "too many levels of symbolic links: $path" >&2; return 1; }
    if [ ! "$follow" ] && ! is_safe_link "./$word"; then
      echo "the symbolic link $here/$word can be replaced by another user, and is not followed" >&2; return 1
    fi
    target=$(readlink -- "./$word" && echo x) || return
    target=\${target%?x}
    case $target in /*) cd -P / && here= || return ;; esac
    rest=$target\${rest:+/$rest}
    continue
  fi
  [ "$rest" ] || { name=$word; return 0; }
  if [ "$make" ] && [ ! -e "./$word" ]; then ( umask 022; mkdir -- "./$word" ) || return; fi
  [ -e "./$word" ] || { echo "$here/$word: No such file or directory" >&2; return 1; }
  cd -P "./$word" || return
  [ "$PWD" = "$here/$word" ] || { echo "$here/$word was replaced while it was entered" >&2; return 1; }
  here=$PWD
done`

/** `is_safe_link NAME`: nobody but root and the current user can replace this link of the current directory. */
const IS_SAFE_LINK = `me=$(id -u); set -- $(stat -c '%u %a' -- . "$1")
[ "$#" -eq 4 ] && { [ "$1" = 0 ] || [ "$1" = "$me" ]; } || return 1
[ $((0$2 & 022)) -ne 0 ] || return 0
[ $((0$2 & 01000)) -ne 0 ] && { [ "$3" = 0 ] || [ "$3" = "$me" ]; }`

/**
 * `enter_private`: makes a directory in the current one that nobody else can enter, and goes there. `private` is its name,
 * `within` its path. A directory that was put in its place is not entered.
 */
const ENTER_PRIVATE = `umask 077
private=$(mktemp -d .crane-play.XXXXXXXX) || return
within=\${PWD%/}/$private
cd -P "./$private" || return
case $PWD:$(stat -c %u:%a .) in
  "$within:$(id -u):"*700) return ;;
  "$within:"*) echo "a directory that $(id -un) makes beside it belongs to $(stat -c %U .)" >&2; cd .. && rmdir -- "$private" ;;
  *) echo "the private directory $within was replaced" >&2 ;;
esac
return 1`

/**
 * Shell functions for a step that makes something in a directory which another user may own. `enter_directory PATH '' '' ''`
 * makes the directory of PATH the current one and sets `name`, without following links that another user can replace;
 * `enter_private` makes a directory in it that nobody else can enter, goes there and sets `private` to its name. Use
 * relative names from then on. Both print a cause and return 1 where they must not go on.
 */
export const ENTER_FUNCTIONS = {
  enter_directory: ENTER_DIRECTORY,
  is_safe_link: IS_SAFE_LINK,
  enter_private: ENTER_PRIVATE,
}

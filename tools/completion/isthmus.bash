# SPDX-License-Identifier: MIT
# Completion of isthmus(1) for bash.

_isthmus_names() { # KIND...: the names of objects of these kinds, or of all
  local kind
  [ $# -gt 0 ] || isthmus list --names 2>/dev/null
  for kind; do isthmus list --names --kind "$kind" 2>/dev/null; done
}

_isthmus() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local verb=${COMP_WORDS[1]} options='--help' words='' names='' name i
  COMPREPLY=()
  if [ "$COMP_CWORD" -eq 1 ]; then
    words='list show watch run wait set reset pulse release arm cancel create read write clean doctor'
    mapfile -t COMPREPLY < <(compgen -W "$words --help --version" -- "$current")
    return
  fi
  for ((i = 2; i < COMP_CWORD; ++i)); do
    if [ "${COMP_WORDS[i]}" = -- ]; then # what follows is a command of its own
      mapfile -t COMPREPLY < <(compgen -A command -A file -- "$current")
      return
    fi
  done
  case $previous in
    --scope)
      words='session global'
      case $verb in list | clean) words+=' all' ;; esac
      ;;
    --kind) words='section mutex semaphore event timer' ;;
    --for) words='owner group everyone' ;;
    --mutex) names=$(_isthmus_names mutex) ;;
    --semaphore) names=$(_isthmus_names semaphore) ;;
    --file)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --timeout | --interval | --due | --period | --offset | --length | --size | --count | --permits | --initial | --maximum | --abandoned-code)
      return
      ;;
  esac
  if [ -z "$words$names" ]; then
    case $verb in
      list) options+=' --scope --kind --json --names' ;;
      show) options+=' --scope --json' names=$(_isthmus_names) ;;
      watch) options+=' --scope --interval --json' names=$(_isthmus_names) ;;
      run) options+=' --mutex --semaphore --permits --scope --timeout --abandoned-code --' ;;
      wait)
        options+=' --all --scope --timeout'
        names=$(_isthmus_names mutex semaphore event timer)
        ;;
      set | reset | pulse) options+=' --scope' names=$(_isthmus_names event) ;;
      release) options+=' --scope --count' names=$(_isthmus_names semaphore) ;;
      arm) options+=' --scope --due --period' names=$(_isthmus_names timer) ;;
      cancel) options+=' --scope' names=$(_isthmus_names timer) ;;
      create)
        options+=' --scope --for --or-open --'
        if [ "$COMP_CWORD" -eq 2 ]; then words='section mutex semaphore event timer'; fi
        case ${COMP_WORDS[2]} in
          section) options+=' --size --file' ;;
          mutex) options+=' --owned' ;;
          semaphore) options+=' --initial --maximum' ;;
          event) options+=' --manual --set' ;;
          timer) options+=' --manual' ;;
        esac
        ;;
      read) options+=' --scope --offset --length --hex' names=$(_isthmus_names section) ;;
      write) options+=' --scope --offset --length' names=$(_isthmus_names section) ;;
      clean) options+=' --scope --dry-run' ;;
      doctor) options+=' --json' ;;
    esac
  fi
  if [[ $current == -* ]]; then words=$options names=''; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current") # the words are this file's own
  # Names are other programs' texts: never expanded, and quoted for the line.
  while IFS= read -r name; do
    if [[ -n $name && $name == "$current"* ]]; then COMPREPLY+=("$(printf %q "$name")"); fi
  done <<<"$names"
}

complete -F _isthmus isthmus

# SPDX-License-Identifier: MIT
# Completion of isthmus(1) for bash.

_isthmus_names() { # KIND...: the names of objects of these kinds, or of all
  isthmus list 2>/dev/null |
    awk -v kinds=" $* " 'NR > 1 && (kinds == "  " || index(kinds, " " $1 " ")) { print $2 }'
}

_isthmus() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local verb=${COMP_WORDS[1]} options='--help' words='' i
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
    --scope) words='session global' ;;
    --kind) words='section mutex semaphore event timer' ;;
    --for) words='owner group everyone' ;;
    --mutex) words=$(_isthmus_names mutex) ;;
    --semaphore) words=$(_isthmus_names semaphore) ;;
    --file)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
    --timeout | --interval | --due | --period | --offset | --length | --size | --count | --permits | --initial | --maximum | --abandoned-code)
      return
      ;;
  esac
  if [ -z "$words" ]; then
    case $verb in
      list) options+=' --scope --kind --json' ;;
      show) options+=' --scope --json' words=$(_isthmus_names) ;;
      watch) options+=' --scope --interval' words=$(_isthmus_names) ;;
      run) options+=' --mutex --semaphore --permits --scope --timeout --abandoned-code --' ;;
      wait)
        options+=' --all --scope --timeout'
        words=$(_isthmus_names mutex semaphore event timer)
        ;;
      set | reset | pulse) options+=' --scope' words=$(_isthmus_names event) ;;
      release) options+=' --scope --count' words=$(_isthmus_names semaphore) ;;
      arm) options+=' --scope --due --period' words=$(_isthmus_names timer) ;;
      cancel) options+=' --scope' words=$(_isthmus_names timer) ;;
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
      read) options+=' --scope --offset --length --hex' words=$(_isthmus_names section) ;;
      write) options+=' --scope --offset --length' words=$(_isthmus_names section) ;;
      clean) options+=' --scope --dry-run' ;;
    esac
  fi
  if [[ $current == -* ]]; then words=$options; fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
}

complete -F _isthmus isthmus

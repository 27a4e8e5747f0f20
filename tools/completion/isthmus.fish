# SPDX-License-Identifier: MIT
# Completion of isthmus(1) for fish.

function __isthmus_names # KIND...: the names of objects of these kinds, or of all
    if test (count $argv) -eq 0
        isthmus list --names 2>/dev/null
    end
    for kind in $argv
        isthmus list --names --kind $kind 2>/dev/null
    end
end

set -l verbs list show watch run wait set reset pulse release arm cancel create read write clean doctor
set -l kinds section mutex semaphore event timer
set -l before "not __fish_seen_subcommand_from $verbs"

complete -c isthmus -f
complete -c isthmus -s h -l help -d 'Show help'
complete -c isthmus -n $before -l version -d 'Show the version'
complete -c isthmus -n $before -a list -d 'List the objects that live'
complete -c isthmus -n $before -a show -d 'Show all that is known of one object'
complete -c isthmus -n $before -a watch -d 'Show objects as they change'
complete -c isthmus -n $before -a run -d 'Run a command while holding a mutex or a permit'
complete -c isthmus -n $before -a wait -d 'Wait for objects'
complete -c isthmus -n $before -a 'set reset pulse' -d 'Change an event'
complete -c isthmus -n $before -a release -d 'Give permits to a semaphore'
complete -c isthmus -n $before -a 'arm cancel' -d 'Change a timer'
complete -c isthmus -n $before -a create -d 'Make an object and hold it'
complete -c isthmus -n $before -a 'read write' -d 'Bytes of a section'
complete -c isthmus -n $before -a clean -d 'Remove what crashes have left'
complete -c isthmus -n $before -a doctor -d 'Check that isthmus can run here'

complete -c isthmus -n '__fish_seen_subcommand_from list clean' -l scope -xa 'session global all'
complete -c isthmus -n "not __fish_seen_subcommand_from list clean doctor; and not $before" \
    -l scope -xa 'session global'
complete -c isthmus -n '__fish_seen_subcommand_from list' -l kind -xa "$kinds"
complete -c isthmus -n '__fish_seen_subcommand_from list' -l names -d 'Only the names'
complete -c isthmus -n '__fish_seen_subcommand_from list show watch doctor' -l json -d 'For programs'
complete -c isthmus -n '__fish_seen_subcommand_from show watch' -a '(__isthmus_names)'
complete -c isthmus -n '__fish_seen_subcommand_from watch' -l interval -x
complete -c isthmus -n '__fish_seen_subcommand_from run' -l mutex -xa '(__isthmus_names mutex)'
complete -c isthmus -n '__fish_seen_subcommand_from run' -l semaphore -xa '(__isthmus_names semaphore)'
complete -c isthmus -n '__fish_seen_subcommand_from run' -l permits -x
complete -c isthmus -n '__fish_seen_subcommand_from run' -l abandoned-code -x
complete -c isthmus -n '__fish_seen_subcommand_from run wait' -l timeout -x
complete -c isthmus -n '__fish_seen_subcommand_from wait' -l all -d 'For all at once'
complete -c isthmus -n '__fish_seen_subcommand_from wait' \
    -a '(__isthmus_names mutex semaphore event timer)'
complete -c isthmus -n '__fish_seen_subcommand_from set reset pulse' -a '(__isthmus_names event)'
complete -c isthmus -n '__fish_seen_subcommand_from release' -a '(__isthmus_names semaphore)'
complete -c isthmus -n '__fish_seen_subcommand_from release' -l count -x
complete -c isthmus -n '__fish_seen_subcommand_from arm cancel' -a '(__isthmus_names timer)'
complete -c isthmus -n '__fish_seen_subcommand_from arm' -l due -x
complete -c isthmus -n '__fish_seen_subcommand_from arm' -l period -x
complete -c isthmus -n '__fish_seen_subcommand_from create' -a "$kinds"
complete -c isthmus -n '__fish_seen_subcommand_from create' -l for -xa 'owner group everyone'
complete -c isthmus -n '__fish_seen_subcommand_from create' -l or-open
complete -c isthmus -n '__fish_seen_subcommand_from create' -l size -x
complete -c isthmus -n '__fish_seen_subcommand_from create' -l file -rF
complete -c isthmus -n '__fish_seen_subcommand_from create' -l owned
complete -c isthmus -n '__fish_seen_subcommand_from create' -l initial -x
complete -c isthmus -n '__fish_seen_subcommand_from create' -l maximum -x
complete -c isthmus -n '__fish_seen_subcommand_from create' -l manual
complete -c isthmus -n '__fish_seen_subcommand_from create' -l set
complete -c isthmus -n '__fish_seen_subcommand_from read write' -a '(__isthmus_names section)'
complete -c isthmus -n '__fish_seen_subcommand_from read write' -l offset -x
complete -c isthmus -n '__fish_seen_subcommand_from read write' -l length -x
complete -c isthmus -n '__fish_seen_subcommand_from read' -l hex
complete -c isthmus -n '__fish_seen_subcommand_from clean' -l dry-run

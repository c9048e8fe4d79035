#!/usr/bin/env bash
# Drives the nodes of three through their turns, in order.
# OpenStack 2025.1 on debian-13, cluster shell crm.
# 2 of 12 steps were executed on exactly this target.
set -Eeuo pipefail

readonly TARGET=2025.1-debian-13-crm-three
readonly NODES=(controller1 controller2 controller3)
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE

# item, expectation, nodes that are asked
guards() {
    cat <<'END'
galera/bootstrap	galera/members	controller1 controller2 controller3
END
}

# item, nodes that may have the files, files
copies() {
    cat <<'END'
galera/copy	controller1 controller2	/etc/galera/controller2/keys
galera/copy	controller1 controller2	/etc/galera/controller3/keys
END
}

# item, captured value, nodes that need it
captures() {
    cat <<'END'
galera/capture	cluster	controller1 controller2 controller3
END
}

# node, secrets that it needs
secrets() {
    cat <<'END'
controller1	galera rabbit
controller2	galera rabbit
controller3	galera rabbit
END
}

# Where the scripts lie on each node; the node's own shell reads it.
# shellcheck disable=SC2016
readonly FOLDER='${HADOCS_VAR:-/var}/lib/hadocs/'"$TARGET/scripts"
readonly PROGRESS="$HERE/progress"
readonly INTERRUPTED=130

declare -a SSH=() ANSWERS=() ONLY=() BUSY=() UNSEEN=() WITHOUT=() PRESENT=()
declare MODE=turns DRY_RUN='' RESUME='' OVERWRITE='' FROM='' TO='' SECRETS="$HERE/secrets"
declare HOST
HOST=$(uname -n)
read -ra SSH <<<"${HADOCS_SSH:-ssh -o BatchMode=yes -o ConnectTimeout=10}"

usage() {
    cat <<END
run.sh: drives all nodes of $TARGET through their turns, in order, by ssh as root.

  --list              all turns
  --dry-run           copy the scripts to the nodes and show what they would change
  --from ID, --to ID  begin at this item, end after it
  --only ID           this item alone; may be repeated
  --resume            go on where the last run stopped
  --yes-overwrite     replace files that were changed by hand (a copy is kept)
  --answer EXPECTATION@NODE=holds|fails
                      what a node that cannot be asked would say
  --without NODE      leave this node out, which is away; may be repeated
  --ssh 'ssh -F FILE' how nodes are reached by name, or the variable HADOCS_SSH
  --secrets FILE      instead of $SECRETS
END
}

say() {
    printf '%s\n' "$*"
}

stop() {
    local status=$1 line
    shift
    for line in "$@"; do say "$line" >&2; done
    exit "$status"
}

parsed() {
    local option
    while [[ $# -gt 0 ]]; do
        option=$1
        shift
        case $option in
        --help | -h) usage; exit 0 ;;
        --list) MODE=list ;;
        --dry-run) DRY_RUN=--dry-run ;;
        --resume) RESUME=--resume ;;
        --yes-overwrite) OVERWRITE=--yes-overwrite ;;
        --from | --to | --only | --answer | --without | --ssh | --secrets)
            [[ $# -gt 0 ]] || stop 2 "$option needs a value"
            option_with_value "$option" "$1"
            shift
            ;;
        *) stop 2 "unknown option: $option; see $HERE/run.sh --help" ;;
        esac
    done
}

option_with_value() {
    case $1 in
    --from) known_item "$2" && FROM=$2 ;;
    --to) known_item "$2" && TO=$2 ;;
    --only) known_item "$2" && ONLY+=("$2") ;;
    --answer) ANSWERS+=(--answer "$2") ;;
    --without) known_node "$2" && WITHOUT+=("$2") ;;
    --ssh) read -ra SSH <<<"$2" ;;
    --secrets) SECRETS=$2 ;;
    esac
}

known_item() {
    cut -f 3 "$HERE/order.tsv" | grep -xF -- "$1" >/dev/null || stop 2 "there is no item $1; see $HERE/run.sh --list"
}

known_node() {
    [[ " ${NODES[*]} " == *" $1 "* ]] || stop 2 "there is no node $1; there are ${NODES[*]}"
}

# ---- Nodes ------------------------------------------------------------------------------------

# PRESENT are those of the nodes that are not left out: present NODE...
present() {
    local node
    PRESENT=()
    for node in "$@"; do
        [[ " ${WITHOUT[*]} " == *" $node "* ]] || PRESENT+=("$node")
    done
}

# Runs shell text on a node: on NODE TEXT
on() {
    if [[ $1 == "$HOST" || $1 == "${HOST%%.*}" ]]; then
        bash -c "$2"
    else
        "${SSH[@]}" "root@$1" "$2"
    fi
}

# Runs the node's own script there: script NODE OPTION...
script() {
    local node=$1
    shift
    on "$node" "bash \"$FOLDER/$node.sh\" $(printf '%q ' "$@")"
}

# Output with the name of the node before each line.
named() {
    local line
    while IFS= read -r line || [[ -n $line ]]; do printf '%s | %s\n' "$1" "$line"; done
}

# Does something for several nodes at the same time: together FUNCTION NODE... FAILED are those
# where it failed.
together() {
    local action=$1 node
    local -A process=()
    shift
    FAILED=()
    BUSY=("$@")
    for node in "$@"; do
        "$action" "$node" </dev/null > >(named "$node") 2>&1 &
        process[$node]=$!
    done
    for node in "$@"; do
        wait "${process[$node]}" || FAILED+=("$node")
    done
    BUSY=()
    wait
}

# Copies the scripts, and of the secrets those that the node needs.
supply() {
    local node=$1 name names line
    tar -C "$HERE" -c -- lib.sh judge.py options.py order.tsv README.txt "${NODES[@]/%/.sh}" |
        on "$node" "umask 077 && mkdir -p \"$FOLDER\" && chmod 0700 \"$FOLDER\" && tar -C \"$FOLDER\" -x --no-same-owner"
    names=$(secrets | sed -n "s/^$node\t//p")
    [[ -n $names && ( -z $DRY_RUN || -e $SECRETS ) ]] || return 0
    while IFS= read -r line || [[ -n $line ]]; do
        name=${line%%=*}
        if [[ $line == *=* && " $names " == *" $name "* ]]; then printf '%s\n' "$line"; fi
    done <"$SECRETS" |
        on "$node" "umask 077 && cat >\"$FOLDER/.secrets\" && mv -f \"$FOLDER/.secrets\" \"$FOLDER/secrets\""
}

# The node's own preflight, and its clock compared with this one.
look() {
    local now skew node
    local -a options=()
    now=$(on "$1" 'date +%s') || now=''
    [[ $now =~ ^[0-9]{1,12}$ ]] || { say '  WRONG   it does not tell the time'; return 1; }
    skew=$((10#$now - $(date +%s)))
    if [[ ${skew#-} -gt 5 && -z $DRY_RUN ]]; then
        say "  WRONG   the clock is $skew s off from the driver's"
        return 1
    fi
    for node in "${WITHOUT[@]}"; do options+=(--without "$node"); done
    script "$1" --preflight ${DRY_RUN:+"$DRY_RUN"} "${options[@]}"
}

private_secrets() {
    [[ -n $(secrets) && ( -z $DRY_RUN || -e $SECRETS ) ]] || return 0
    [[ $(stat -L -c '%a %u' -- "$SECRETS" 2>&1) == "600 $EUID" ]] ||
        stop 7 "$SECRETS must be there, belong to you and have mode 0600"
}

# ---- Turns ------------------------------------------------------------------------------------

# The item of the turn under way and its options for the nodes' scripts.
declare ITEM=''
declare -a OPTIONS=() FAILED=()

take_turn() {
    local names node source paths missing=''
    local -a nodes
    IFS=$'\t' read -r names paths < <(copies | sed -n "s,^$ITEM\t,,p") || true
    if [[ -z $paths || -n $DRY_RUN ]] || has_files "$1" "$paths"; then
        script "$1" --only "$ITEM" --driven "${OPTIONS[@]}"
        return
    fi
    read -ra nodes <<<"$names"
    present "${nodes[@]}"
    for node in "${PRESENT[@]}"; do
        ! has_files "$node" "$paths" || { source=$node; break; }
    done
    # Whether files are needed at all is known to the guard, which the node's script regards.
    [[ -n ${source-} ]] || { script "$1" --only "$ITEM" --driven "${OPTIONS[@]}"; return; }
    say "  the files come from $source"
    for node in $paths; do missing+=" ${node#/}"; done
    on "$source" "tar -C / -c --$missing" </dev/null |
        script "$1" --only "$ITEM" --driven "${OPTIONS[@]}" --files -
}

# has_files NODE PATHS: whether they are there, and no empty folders.
has_files() {
    on "$1" "for f in $2; do [ -e \"\$f\" ] && { [ ! -d \"\$f\" ] || [ -n \"\$(ls -A \"\$f\")\" ]; } || exit 1; done" </dev/null
}

# Asks all nodes of a guard and keeps their answers; one that does not answer gives none.
ask_nodes() {
    local expectation names node status
    local -a nodes
    local -A process=()
    IFS=$'\t' read -r expectation names < <(guards | sed -n "s,^$ITEM\t,,p") || return 0
    read -ra nodes <<<"$names"
    present "${nodes[@]}"
    for node in "${PRESENT[@]}"; do
        script "$node" --ask "$expectation" </dev/null > >(named "$node") 2>&1 &
        process[$node]=$!
    done
    for node in "${PRESENT[@]}"; do
        status=0
        wait "${process[$node]}" || status=$?
        case $status in
        0) OPTIONS+=(--answer "$expectation@$node=holds") ;;
        10) OPTIONS+=(--answer "$expectation@$node=fails") ;;
        esac
    done
    wait
}

# Carries a captured value from the node where it was captured to those that need it.
carry() {
    local name names node
    local -a nodes
    IFS=$'\t' read -r name names < <(captures | sed -n "s,^$ITEM\t,,p") || return 0
    read -ra nodes <<<"$names"
    present "${nodes[@]}"
    for node in "${PRESENT[@]}"; do
        [[ $node == "$1" ]] || script "$1" --captured "$name" </dev/null | script "$node" --keep "$name"
    done
}

turn() {
    local number=$1 written guide title
    ITEM=$2
    shift 2
    IFS=$'\t' read -r written guide title < <(sed -n "s,^$number\t[^\t]*\t$ITEM\t,,p" "$HERE/order.tsv" | head -n 1)
    say ''
    say "[$number] $ITEM: $title  ($*)"
    OPTIONS=(${DRY_RUN:+"$DRY_RUN"} ${OVERWRITE:+"$OVERWRITE"} "${ANSWERS[@]}")
    ask_nodes
    together take_turn "$@"
    if [[ -n $DRY_RUN ]]; then
        [[ ${#FAILED[@]} -eq 0 ]] || UNSEEN+=("turn $number, $ITEM, on ${FAILED[*]}")
        return 0
    fi
    [[ ${#FAILED[@]} -eq 0 ]] || stop 1 '' "FAILED on ${FAILED[*]} in turn $number, $ITEM: $title" \
        "    guide      $guide" "    written in $written" \
        "    continue   $HERE/run.sh --resume   (or --from $ITEM)"
    carry "$1"
    for node in "$@"; do printf '%s %s\n' "$ITEM" "$node" >>"$PROGRESS"; done
}

# With --resume, whether every node of the turn has done the item: is_done ITEM NODE...
is_done() {
    local item=$1 node
    [[ -n $RESUME && -z $DRY_RUN ]] || return 1
    shift
    for node in "$@"; do
        grep -qxF -- "$item $node" "$PROGRESS" || return 1
    done
}

# Progress belongs to these scripts; after another export everything is looked at again.
start_progress() {
    local scripts
    scripts=$(cat -- "$HERE/order.tsv" "$HERE"/*.sh | sha256sum)
    if [[ -z $RESUME ]] || ! grep -qxF -- "scripts $scripts" "$PROGRESS" 2>/dev/null; then
        [[ -z $RESUME ]] || say 'The scripts are not those of the last run: every turn is looked at again.'
        printf 'scripts %s\n' "$scripts" >"$PROGRESS"
    fi
}

is_only() {
    local item
    for item in "${ONLY[@]}"; do [[ $item != "$1" ]] || return 0; done
    return 1
}

turns() {
    local number item nodes begun=''
    local -a names
    [[ -n $FROM || ${#ONLY[@]} -gt 0 ]] || begun=yes
    while IFS=$'\t' read -r number item nodes <&3; do
        [[ $item != "$FROM" ]] || begun=yes
        if [[ -n $begun ]] || is_only "$item"; then
            read -ra names <<<"$nodes"
            present "${names[@]}"
            names=("${PRESENT[@]}")
            [[ ${#names[@]} -eq 0 ]] || is_done "$item" "${names[@]}" || turn "$number" "$item" "${names[@]}"
        fi
        [[ -z $TO || $item != "$TO" ]] || last_of "$number" "$item" || break
    done 3< <(turns_with_nodes)
}

# Whether the item has a later turn: one node at a time takes several.
last_of() {
    awk -F '\t' -v number="$1" -v item="$2" '$1 > number && $3 == item { found = 1 } END { exit !found }' \
        "$HERE/order.tsv"
}

# number, item, nodes: one line for each turn.
turns_with_nodes() {
    awk -F '\t' 'NR == 1 { next }
        $1 != number { if (number) print line; number = $1; line = $1 "\t" $3 "\t" $2; next }
        { line = line " " $2 }
        END { if (number) print line }' "$HERE/order.tsv"
}

interrupted() {
    local node
    trap - INT TERM HUP
    say '' && say "Interrupted; stopping ${BUSY[*]:-nothing}."
    for node in "${BUSY[@]}"; do
        script "$node" --stop </dev/null || true
    done
    wait
    stop "$INTERRUPTED" "Continue: $HERE/run.sh --resume"
}

# What a dry run could not look at, since it needs what an earlier turn only would have done.
end_dry_run() {
    local turn
    say '' && say "Dry run of $TARGET: nothing was changed."
    for turn in "${UNSEEN[@]}"; do say "  not to be seen before it is done: $turn"; done
    [[ -z $1 ]] || stop 7 "Not fit: $1. A run would refuse to begin."
    exit 0
}

main() {
    parsed "$@"
    if [[ $MODE == list ]]; then
        column -t -s $'\t' "$HERE/order.tsv"
        return
    fi
    private_secrets
    trap interrupted INT TERM HUP
    present "${NODES[@]}"
    local -a nodes=("${PRESENT[@]}")
    [[ ${#nodes[@]} -gt 0 ]] || stop 2 'every node is left out'
    say "The scripts go to ${nodes[*]}"
    together supply "${nodes[@]}"
    [[ ${#FAILED[@]} -eq 0 ]] || stop 7 "Cannot reach or supply: ${FAILED[*]}. Nothing was changed."
    together look "${nodes[@]}"
    [[ ${#FAILED[@]} -eq 0 || -n $DRY_RUN ]] || stop 7 "Not fit: ${FAILED[*]}. Nothing was changed."
    local unfit="${FAILED[*]}"
    [[ -n $DRY_RUN ]] || start_progress
    turns
    [[ -z $DRY_RUN ]] || end_dry_run "$unfit"
    say '' && say "Done: $TARGET"
}

main "$@"

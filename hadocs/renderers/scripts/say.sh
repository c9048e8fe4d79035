# shellcheck shell=bash
# lib.sh: what the scripts of all nodes share. It is read by them and does nothing by itself.
#
# An item is a step or a check. A turn is an item on some nodes at the same time.

export LC_ALL=C.UTF-8
umask 022
# What the script is told, what it found, and its own folder for the time it runs.
declare DRY_RUN='' LOGGING='' WORK='' NEW='' CHILD='' OUT='' READER='' ITEM='' TITLE='' PAGE='' SPEC='' DOING=''
# What became of the item: done, already (it was so before), nothing (a guard says so).
declare OUTCOME=''

readonly STATE="${HADOCS_VAR:-/var}/lib/hadocs/$TARGET"
# What was written is remembered for every target: a file is the same file after another export.
readonly WRITTEN="${HADOCS_VAR:-/var}/lib/hadocs/written"
readonly LOG="${HADOCS_VAR:-/var}/log/hadocs/$TARGET.log"
# shellcheck disable=SC2153 # the script that reads this says NODE
readonly SCRIPT="$HERE/$NODE.sh"
# Exit statuses; --help explains them.
readonly FAILED=1 USAGE=2 UNKNOWN=3 CANNOT_TELL=4 NOT_YET=5 EDITED=6 UNFIT=7 FAILS=10 INTERRUPTED=130
readonly TRY_LIMIT=30 COMMAND_LIMIT=3600 PATIENCE="${HADOCS_PATIENCE:-120}"
readonly END_OF_OUTPUT="-- end of output $$ $RANDOM$RANDOM"

# ---- Saying things ----------------------------------------------------------------------------

# Says a line, and writes it into the log with the time.
say() {
    printf '%s\n' "$*"
    [[ -z $LOGGING ]] || printf '%(%F %T)T %s\n' -1 "$*" >>"$LOG"
}

# A line for programs: event WHAT TEXT. The file of events has the time, the item and these two.
event() {
    [[ -z $LOGGING || -z $ITEM ]] ||
        printf '%(%s)T\t%s\t%s\t%s\n' -1 "$ITEM" "$1" "$2" >>"$STATE/events"
}

# Says that something was so before.
already() {
    say "  $*"
    OUTCOME=${OUTCOME:-already}
}

# Says that the item is not for this node, or not now.
nothing_to_do() {
    say "  nothing to do$*"
    OUTCOME=nothing
}

# Ends the script: stop STATUS LINE...
stop() {
    local status=$1 line
    shift
    trap - ERR
    for line in "$@"; do say "$line"; done
    event failed "$status"
    exit "$status"
}

# Name and text of each line of a secret, the longest first; for how many values that is.
declare -a HIDDEN=()
declare HIDDEN_OF=0

# REPLY is the text with each secret replaced by its name.
hide() {
    local secret
    [[ $HIDDEN_OF -eq ${#VALUES[@]} ]] || longest_first
    REPLY=$1
    for secret in "${HIDDEN[@]}"; do
        REPLY=${REPLY//"${secret#*$'\t'}"/"@{${secret%%$'\t'*}}"}
    done
}

longest_first() {
    local name line
    HIDDEN_OF=${#VALUES[@]}
    mapfile -t HIDDEN < <(
        for name in "${!VALUES[@]}"; do
            while IFS= read -r line || [[ -n $line ]]; do
                [[ ${#line} -lt 6 ]] || printf '%s\t%s\t%s\n' "${#line}" "$name" "$line"
            done <<<"${VALUES[$name]}"
        done | sort -rn | cut -f 2-
    )
}

# Says the lines of standard input, indented and without secrets, and keeps them as what was printed;
# those of a command are events: show [EVENT]
show() {
    local line
    : >"$WORK/printed"
    while IFS= read -r line || [[ -n $line ]]; do
        hide "${line%"$END_OF_OUTPUT"}"
        if [[ -n $REPLY || $line != "$END_OF_OUTPUT" ]]; then
            say "    | $REPLY"
            printf '%s\n' "$REPLY" >>"$WORK/printed"
            [[ -z ${1-} ]] || event "$1" "$REPLY"
        fi
        [[ $line != *"$END_OF_OUTPUT" ]] || break
    done
}

# ---- Running commands -------------------------------------------------------------------------

# Runs a command with a time limit in the environment of `with`: limited SECONDS COMMAND...
# It runs beside the script, so that Ctrl-C is answered at once.
limited() {
    local status=0 name
    (
        for name in "${!ENVIRONMENT[@]}"; do export "$name=${ENVIRONMENT[$name]}"; done
        exec timeout --kill-after=10 "$@" 8>&- 9>&-
    ) <&0 &
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=''
    return "$status"
}

# The same, and shows what the command prints as it comes.
shown() {
    local status=0
    OUTCOME='done'
    exec {OUT}> >(show printed)
    READER=$!
    limited "$@" >&"$OUT" 2>&1 || status=$?
    all_shown
    return "$status"
}

# A service that the command started may keep the pipe open, so the end is marked.
all_shown() {
    printf '%s\n' "$END_OF_OUTPUT" >&"$OUT"
    exec {OUT}>&-
    OUT=''
    wait "$READER" || true
}

# ---- When something goes wrong ----------------------------------------------------------------

# The report of a step that failed: failed STATUS COMMAND
failed() {
    [[ $BASHPID == "$$" ]] || exit "$1"
    trap - ERR
    say ''
    say "FAILED on $NODE in $ITEM: $TITLE"
    say "    command    ${DOING:-$2}"
    say "    status     $1"
    if [[ -s $WORK/printed ]]; then
        say '    printed    (the last lines)'
        while IFS= read -r line; do say "               $line"; done < <(tail -n 12 "$WORK/printed")
    fi
    say "    guide      $PAGE"
    say "    written in $SPEC"
    say "    log        $LOG"
    say "    continue   $SCRIPT --from $ITEM"
    event command "${DOING:-$2}"
    event failed "$1"
    exit "$FAILED"
}

# Ends the command that runs, and then the script. 8 is the script's own output, also while that
# of a command is shown.
interrupted() {
    trap - ERR INT TERM HUP
    exec >&8 2>&8
    if [[ -n $CHILD ]]; then
        kill -TERM "$CHILD" 2>/dev/null || true
        wait "$CHILD" || true
    fi
    [[ -z $OUT ]] || all_shown
    stop "$INTERRUPTED" '' "Interrupted in ${ITEM:-the preflight}. Continue: $SCRIPT --resume"
}

cleaned() {
    [[ -z $NEW ]] || rm -f -- "$NEW"
    [[ -z $WORK ]] || rm -rf -- "$WORK"
}

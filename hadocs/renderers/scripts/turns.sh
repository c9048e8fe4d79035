
# ---- Turns ------------------------------------------------------------------------------------

declare -a NUMBERS=() ITEMS=() PAGES=() SPECS=() TITLES=() ONLY=()
declare MODE=turns FROM='' TO='' RESUME='' YES_OVERWRITE='' FILES='' NAME='' DRIVEN=''
declare -A WITHOUT=()
declare ANY_HOST='' SECRETS="$HERE/secrets"

usage() {
    cat <<END
$NODE.sh: what $NODE does for $TARGET, turn by turn. Safe to run again.

  --list              the turns of this node, and which are done
  --dry-run           show what would change and run; change nothing
  --from ID, --to ID  begin at this item, end after it
  --only ID           this item alone; may be repeated
  --resume            leave out what was done already
  --yes-overwrite     replace files that were changed by hand (a copy is kept)
  --secrets FILE      instead of $SECRETS
  --answer EXPECTATION@NODE=holds|fails
                      what another node answered; may be repeated
  --files FILE        a tar archive for a step that copies files; - is standard input
  --any-host          do not compare the host name
  --without NODE      the preflight does not need this node, which is away; may be repeated
  --driven            run.sh calls: it looked at the machine and says which turn it is

Instead of turns:
  --preflight         look at the machine and do nothing
  --ask EXPECTATION   judge it here: exit status 0 holds, 10 fails, 3 unknown
                      (then it is asked again, for two minutes)
  --captured NAME     print a captured value
  --keep NAME         keep standard input as a captured value
  --stop              end a run of this script that is under way

Exit status: 0 done, 1 a command failed, 2 wrong usage, 4 cannot tell (see --answer), 5 other nodes
come first, 6 a file was changed by hand, 7 the machine is not fit, 130 interrupted.
The log is $LOG.
END
}

wrong_usage() {
    stop "$USAGE" "$1" "See $SCRIPT --help"
}

parsed() {
    local option
    while [[ $# -gt 0 ]]; do
        option=$1
        shift
        case $option in
        --help | -h) usage; exit 0 ;;
        --list | --preflight | --stop) MODE=${option#--} ;;
        --dry-run) DRY_RUN=yes ;;
        --resume) RESUME=yes ;;
        --yes-overwrite) YES_OVERWRITE=yes ;;
        --any-host) ANY_HOST=yes ;;
        --driven) DRIVEN=yes ;;
        --from | --to | --only | --secrets | --answer | --without | --files | --ask | --captured | --keep)
            [[ $# -gt 0 ]] || wrong_usage "$option needs a value"
            option_with_value "$option" "$1"
            shift
            ;;
        *) wrong_usage "unknown option: $option" ;;
        esac
    done
}

option_with_value() {
    case $1 in
    --from) known_item "$2" && FROM=$2 ;;
    --to) known_item "$2" && TO=$2 ;;
    --only) known_item "$2" && ONLY+=("$2") ;;
    --secrets) SECRETS=$2 ;;
    --without) WITHOUT[$2]=yes ;;
    --files) FILES=$2 ;;
    --ask | --captured | --keep) MODE=${1#--} NAME=$2 ;;
    --answer)
        [[ $2 =~ ^(.+@[^@=]+)=(holds|fails)$ ]] || wrong_usage "not EXPECTATION@NODE=holds|fails: $2"
        ANSWERS[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
        ;;
    esac
}

known_item() {
    local item
    for item in "${ITEMS[@]}"; do
        [[ $item != "$1" ]] || return 0
    done
    wrong_usage "$NODE has no item $1; see --list"
}

# Reads the table of the script.
load_items() {
    local number item page spec title
    while IFS=$'\t' read -r number item page spec title; do
        NUMBERS+=("$number") ITEMS+=("$item") PAGES+=("$page") SPECS+=("$spec") TITLES+=("$title")
    done < <(items)
}

# What was done is remembered with a checksum, so that a changed step counts as not done.
fingerprint() {
    printf '%s %s\n' "$1" "$(declare -f "$1" | sha256sum | cut -d ' ' -f 1)"
}

is_done() {
    grep -qxF -- "$(fingerprint "$1")" "$STATE/done" 2>/dev/null
}

list() {
    local at mark
    for at in "${!ITEMS[@]}"; do
        mark=' '
        ! is_done "${ITEMS[at]}" || mark='x'
        printf '[%s] %4d  %-40s %s\n' "$mark" "${NUMBERS[at]}" "${ITEMS[at]}" "${TITLES[at]}"
    done
}

# Whether the item at this place was asked for with --only, --from and --to.
is_chosen() {
    local at=$1 item
    if [[ ${#ONLY[@]} -gt 0 ]]; then
        for item in "${ONLY[@]}"; do [[ $item != "${ITEMS[at]}" ]] || return 0; done
        return 1
    fi
    [[ $at -ge $FIRST && $at -le $LAST ]]
}

# Places of --from and --to.
set_range() {
    local at
    FIRST=0 LAST=$((${#ITEMS[@]} - 1))
    for at in "${!ITEMS[@]}"; do
        [[ ${ITEMS[at]} != "$FROM" ]] || FIRST=$at
        [[ ${ITEMS[at]} != "$TO" ]] || LAST=$at
    done
}

turns() {
    local at previous=0
    set_range
    for at in "${!ITEMS[@]}"; do
        if is_chosen "$at" && ! { [[ -n $RESUME ]] && is_done "${ITEMS[at]}"; }; then
            ITEM=${ITEMS[at]} TITLE=${TITLES[at]} PAGE=${PAGES[at]} SPEC=${SPECS[at]} DOING=''
            [[ $ITEM == "$FROM" || ${#ONLY[@]} -gt 0 ]] || others_first "$previous" "${NUMBERS[at]}"
            head_line "[${NUMBERS[at]}] $ITEM: $TITLE"
            : >"$WORK/printed"
            OUTCOME=''
            event begin ''
            "$ITEM"
            event end "${OUTCOME:-done}" # an item that only waits has then done so
            [[ -n $DRY_RUN ]] || fingerprint "$ITEM" >>"$STATE/done"
        fi
        previous=${NUMBERS[at]}
    done
}

# A line that stands out; the driver has said it already.
head_line() {
    if [[ -n $DRIVEN ]]; then say "$1" >/dev/null; else say '' && say "$1"; fi
}

# Stops where other nodes have turns between two turns of this one: others_first PREVIOUS NUMBER
others_first() {
    local number node item rest
    [[ $2 -gt $(($1 + 1)) ]] || return 0
    say '' && say "Before $ITEM (turn $2) other nodes take their turns:"
    while IFS=$'\t' read -r number node item rest; do
        [[ $number =~ ^[0-9]+$ && $number -gt $1 && $number -lt $2 ]] || continue
        say "  turn $number on $node: $HERE/$node.sh --only $item"
    done <"$HERE/order.tsv"
    [[ -n $DRY_RUN ]] || stop "$NOT_YET" "When they are done, here: $SCRIPT --from $ITEM"
}

# One run at a time on a node.
lock() {
    mkdir -p -- "$STATE"
    chmod 0700 "$STATE"
    exec 9>>"$STATE/lock"
    flock --nonblock 9 || stop "$FAILED" "$NODE.sh runs already (process $(<"$STATE/lock"))"
    printf '%s\n' "$$" >"$STATE/lock"
}

start_log() {
    mkdir -p -- "$(dirname -- "$LOG")"
    touch -- "$LOG"
    chmod 0600 "$LOG"
    LOGGING=yes
}

# Ends the run that holds the lock.
stop_running() {
    if [[ -s $STATE/lock ]] && ! flock --nonblock "$STATE/lock" true; then
        kill -TERM "$(<"$STATE/lock")"
    fi
}

right_host() {
    local host
    host=$(uname -n)
    [[ -n $ANY_HOST || $host == "$NODE" || ${host%%.*} == "$NODE" ]] ||
        stop "$UNFIT" "This is $host, not $NODE. To run it all the same: --any-host"
}

main() {
    load_items
    parsed "$@"
    case $MODE in
    list) list; return ;;
    stop) stop_running; return ;;
    captured) cat -- "$STATE/captured/$NAME"; return ;;
    esac
    right_host
    WORK=$(mktemp -d)
    exec 8>&1
    trap cleaned EXIT
    trap interrupted INT TERM HUP
    trap 'failed "$?" "$BASH_COMMAND"' ERR
    case $MODE in
    keep) keep "$NAME" ;;
    preflight) fit ;;
    ask) asked "$NAME" ;;
    turns) whole_run ;;
    esac
}

asked() {
    local status=0
    load_secrets
    declare -F "ask:$1" >/dev/null || wrong_usage "$NODE has no expectation $1"
    ask_patiently "$1" || status=$?
    say "$ANSWER"
    # A shell or an ssh that fails ends with 1, too, and that is no answer.
    [[ $status -ne 1 ]] || status=$FAILS
    exit "$status"
}

whole_run() {
    if [[ -z $DRY_RUN ]]; then
        lock
        start_log
    fi
    [[ -n $DRIVEN ]] || fit
    load_secrets
    turns
    head_line "Done on $NODE${DRY_RUN:+ (nothing was changed)}."
}

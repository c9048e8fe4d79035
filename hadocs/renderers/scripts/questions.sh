
# ---- Questions: guards, waits, checks ---------------------------------------------------------

# Answers of other nodes by EXPECTATION@NODE; why the last question was answered so.
declare -A ANSWERS=()
declare ANSWER=''

# How the next command is judged, in the language of judge.py.
question() {
    take json QUESTION
}

# Runs the command of standard input and judges it: 0 holds, 1 fails, 3 unknown.
ask() {
    local text status=0
    take shell text
    if ! { : >"$WORK/output" && : >"$WORK/errors"; } 2>/dev/null; then
        ANSWER="unknown: $WORK cannot be written"
        used_up
        return "$UNKNOWN"
    fi
    limited "$TRY_LIMIT" bash <(printf '%s\n' "$text") < <(printf '%s' "$INPUT") \
        >"$WORK/output" 2>"$WORK/errors" || status=$?
    hide "$(python3 "$HERE/judge.py" "$WORK/output" "$status" "$WORK/errors" <<<"$QUESTION" || true)"
    ANSWER=$REPLY
    used_up
    case $ANSWER in
    holds:*) return 0 ;;
    fails:*) return 1 ;;
    *) return "$UNKNOWN" ;;
    esac
}

# Asks a guard again for a while as long as it cannot tell: what has just started may not know yet.
ask_patiently() {
    local start=$SECONDS status
    while true; do
        status=0
        "ask:$1" || status=$?
        [[ $status -eq $UNKNOWN && -z $DRY_RUN && $((SECONDS - start)) -lt $PATIENCE ]] || break
        sleep 5
    done
    return "$status"
}

# REPLY is holds, fails or unknown: answered EXPECTATION NODE
answered() {
    REPLY=${ANSWERS[$1@$2]-unknown}
    [[ $REPLY == unknown ]] || return 0
    if [[ $2 == "$NODE" ]]; then
        ask_patiently "$1" || true
        REPLY=${ANSWER%%:*}
        say "  $2: $ANSWER"
    fi
}

# Guards: skip_if_holds any|every EXPECTATION NODE... is true if there is nothing to do.
skip_if_holds() {
    guarded holds "$@"
}

skip_unless_holds() {
    guarded fails "$@"
}

# guarded VERDICT any|every EXPECTATION NODE...: whether that is the verdict of the nodes together.
guarded() {
    local skip=$1 expectation=$3 node decides=holds verdict=fails
    local -a silent=()
    [[ $2 == any ]] || decides=fails verdict=holds
    shift 3
    for node in "$@"; do
        answered "$expectation" "$node"
        case $REPLY in
        "$decides") verdict=$decides silent=() && break ;;
        unknown) silent+=("$node") ;;
        esac
    done
    [[ ${#silent[@]} -eq 0 ]] || cannot_tell "$expectation" "${silent[@]}"
    [[ $verdict == "$skip" ]] || return 1
    nothing_to_do ": $expectation $verdict"
}

# cannot_tell EXPECTATION NODE...: whether to do the step depends on these nodes.
cannot_tell() {
    local expectation=$1 node again="$SCRIPT --from $ITEM"
    shift
    say "  cannot tell whether $expectation holds on: $*"
    [[ -z $DRY_RUN ]] || return 0
    for node in "$@"; do
        say "    on $node: $HERE/$node.sh --ask $expectation"
        again+=" --answer $expectation@$node=holds|fails"
    done
    stop "$CANNOT_TELL" "  Nothing was done. With the answers, here: $again"
}

# Asks again and again: wait_for SECONDS EXPECTATION
wait_for() {
    local start=$SECONDS said='' passed
    if [[ -n $DRY_RUN ]]; then
        say "  would wait at most $1 s until $2 holds"
        return
    fi
    say "  waits at most $1 s until $2 holds"
    until "ask:$2"; do
        passed=$((SECONDS - start))
        if [[ $ANSWER != "$said" || $((passed % 15)) -lt 2 ]]; then say "  $passed s: $ANSWER"; fi
        said=$ANSWER
        if [[ $passed -ge $1 ]]; then
            DOING="wait for $2, $1 s"
            event fails "$ANSWER"
            return 1
        fi
        sleep 2
    done
    say "  $ANSWER"
    event holds "$ANSWER"
}

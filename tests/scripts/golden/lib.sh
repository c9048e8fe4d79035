# shellcheck shell=bash
# lib.sh: what the scripts of all nodes share. It is read by them and does nothing by itself.
#
# An item is a step or a check. A turn is an item on some nodes at the same time.

export LC_ALL=C.UTF-8
umask 022
# What the script is told, what it found, and its own folder for the time it runs.
declare DRY_RUN='' LOGGING='' WORK='' NEW='' CHILD='' ITEM='' TITLE='' PAGE='' SPEC='' DOING=''

readonly STATE="${HADOCS_VAR:-/var}/lib/hadocs/$TARGET"
readonly LOG="${HADOCS_VAR:-/var}/log/hadocs/$TARGET.log"
# shellcheck disable=SC2153 # the script that reads this says NODE
readonly SCRIPT="$HERE/$NODE.sh"
# Exit statuses; --help explains them.
readonly FAILED=1 USAGE=2 UNKNOWN=3 CANNOT_TELL=4 NOT_YET=5 EDITED=6 UNFIT=7 INTERRUPTED=130
readonly TRY_LIMIT=30 COMMAND_LIMIT=3600
readonly END_OF_OUTPUT="-- end of output $$ $RANDOM$RANDOM"

# ---- Saying things ----------------------------------------------------------------------------

# Says a line, and writes it into the log with the time.
say() {
    printf '%s\n' "$*"
    [[ -z $LOGGING ]] || printf '%(%F %T)T %s\n' -1 "$*" >>"$LOG"
}

# Ends the script: stop STATUS LINE...
stop() {
    local status=$1 line
    shift
    trap - ERR
    for line in "$@"; do say "$line"; done
    exit "$status"
}

# REPLY is the text with each secret replaced by its name.
hide() {
    local name
    REPLY=$1
    for name in "${!VALUES[@]}"; do
        [[ ${#VALUES[$name]} -lt 6 ]] || REPLY=${REPLY//"${VALUES[$name]}"/"@{$name}"}
    done
}

# Says the lines of standard input, indented and without secrets, and keeps them as what was printed.
show() {
    local line
    : >"$WORK/printed"
    while IFS= read -r line || [[ -n $line ]]; do
        hide "${line%"$END_OF_OUTPUT"}"
        if [[ -n $REPLY || $line != "$END_OF_OUTPUT" ]]; then
            say "    | $REPLY"
            printf '%s\n' "$REPLY" >>"$WORK/printed"
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
        exec timeout --kill-after=10 "$@" 9>&-
    ) <&0 &
    CHILD=$!
    wait "$CHILD" || status=$?
    CHILD=''
    return "$status"
}

# The same, and shows what the command prints as it comes.
shown() {
    local status=0 out reader
    exec {out}> >(show)
    reader=$!
    limited "$@" >&"$out" 2>&1 || status=$?
    # A service that the command started may keep the pipe open, so the end is marked.
    printf '%s\n' "$END_OF_OUTPUT" >&"$out"
    exec {out}>&-
    wait "$reader" || true
    return "$status"
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
    exit "$FAILED"
}

interrupted() {
    trap - ERR INT TERM HUP
    [[ -z $CHILD ]] || kill -TERM "$CHILD" 2>/dev/null || true
    stop "$INTERRUPTED" '' "Interrupted in ${ITEM:-the preflight}. Continue: $SCRIPT --resume"
}

cleaned() {
    [[ -z $NEW ]] || rm -f -- "$NEW"
    [[ -z $WORK ]] || rm -rf -- "$WORK"
}

# ---- Secrets and captured values --------------------------------------------------------------

# Values by name, secret.NAME and captured.NAME; the environment and input of the next command.
declare -A VALUES=() ENVIRONMENT=()
declare INPUT='' QUESTION=''

# What may stand in place of a value, by the place.
declare -rA FITS=(
    [file]=''
    [line]=$'^[^\n\r]*$'
    [json]='^[^"\\[:cntrl:]]*$'
    [shell]='^[A-Za-z0-9_.:/@%+=,-]+$'
)

# Reads the secrets that this node needs from the secrets file.
load_secrets() {
    local name line
    local -A needed=()
    for name in $SECRETS_NEEDED; do needed[$name]=yes; done
    [[ ${#needed[@]} -gt 0 ]] || return 0
    if [[ -e $SECRETS ]]; then
        [[ $(stat -L -c '%a %u' -- "$SECRETS") == '600 0' ]] ||
            stop "$UNFIT" "$SECRETS must belong to root and have mode 0600"
        while IFS= read -r line; do
            name=${line%%=*}
            [[ $line != *=* || -z ${needed[$name]-} ]] || VALUES[secret.$name]=${line#*=}
        done <"$SECRETS"
    fi
    for name in "${!needed[@]}"; do
        [[ -z ${VALUES[secret.$name]-} ]] || continue
        [[ -n $DRY_RUN ]] || stop "$UNFIT" "$SECRETS has no $name=..., which this node needs"
        VALUES[secret.$name]="@{secret.$name}"
    done
}

# REPLY is the value of secret.NAME or captured.NAME.
value() {
    local file=$STATE/captured/${1#captured.}
    if [[ $1 == captured.* && -z ${VALUES[$1]-} ]]; then
        if [[ -s $file ]]; then
            VALUES[$1]=$(<"$file")
        elif [[ -n $DRY_RUN ]]; then
            VALUES[$1]="@{$1}"
        else
            stop "$NOT_YET" "$ITEM needs the ${1/./ value }, which is not here." \
                "Where it was captured: $(printf '%q ' "$STATE/captured/${1#captured.}")" \
                "Here: $SCRIPT --keep ${1#captured.} <FILE"
        fi
    fi
    REPLY=${VALUES[$1]}
}

# REPLY is the text with its values in their places: fill PLACE MARK TEXT. A value stays a value:
# one with characters that its place would read as something else is refused.
fill() {
    local place=$1 mark=$2 rest=$3 text='' name
    while [[ $rest == *"$mark"* ]]; do
        text+=${rest%%"$mark"*}
        rest=${rest#*"$mark"}
        name=${rest%%\}*}
        rest=${rest#*\}}
        value "$name"
        [[ -n $DRY_RUN || $REPLY =~ ${FITS[$place]} ]] ||
            stop "$UNFIT" "$ITEM: ${name/./ value } has characters that cannot stand in a $place"
        text+=$REPLY
    done
    REPLY=$text$rest
}

# Keeps standard input in a variable, and as RAW without its values: take PLACE VARIABLE.
# $mark stands before the names of values in it; $cut says that the last newline is not part of it.
take() {
    RAW=$(cat; printf .)
    RAW=${RAW%.}
    [[ -z ${cut-} ]] || RAW=${RAW%$'\n'}
    REPLY=$RAW
    [[ -z ${mark-} ]] || fill "$1" "$mark" "$RAW"
    printf -v "$2" '%s' "$REPLY"
}

# Gives the next command a variable: with NAME TEXT.
with() {
    REPLY=$2
    [[ -z ${mark-} ]] || fill file "$mark" "$2"
    ENVIRONMENT[$1]=$REPLY
}

# Gives the next command its standard input.
input() {
    take file INPUT
}

# ---- Files ------------------------------------------------------------------------------------

checksum() {
    sha256sum -- "$1" | cut -d ' ' -f 1
}

# The checksum of the file as this script wrote it last; nothing if it did not.
remembered() {
    cat -- "$STATE/written$1" 2>/dev/null || true
}

remember() {
    [[ -z $DRY_RUN ]] || return 0
    mkdir -p -- "$(dirname -- "$STATE/written$1")"
    checksum "$1" >"$STATE/written$1"
}

# A copy beside the file, before it is changed for the first time.
back_up() {
    local copy
    copy="$1.before-hadocs-$(date +%Y%m%dT%H%M%S)"
    cp --archive -- "$1" "$copy"
    say "  kept as $copy"
}

# Shows how a file would change: differences PATH TEXT
differences() {
    local old=$1
    [[ -e $old ]] || old=/dev/null
    { diff -u --label "$1 (now)" --label "$1 (new)" -- "$old" <(printf '%s' "$2") || true; } | show
}

# Mode and owner: own PATH MODE OWNER GROUP
own() {
    local wanted
    wanted="$(printf '%o' "$((8#$2))") $3 $4"
    [[ $(stat -c '%a %U %G' -- "$1") != "$wanted" ]] || return 0
    say "  $1: mode and owner become $2 $3:$4"
    [[ -z $DRY_RUN ]] || return 0
    chown -- "$3:$4" "$1"
    chmod -- "$2" "$1"
}

# The file as a whole: write_file PATH MODE OWNER GROUP <TEXT. A link stays a link.
write_file() {
    local path text known
    path=$(realpath -m -- "$1")
    take file text
    if [[ -f $path ]] && cmp -s -- "$path" <(printf '%s' "$text"); then
        say "  $1 is so already"
        own "$path" "$2" "$3" "$4"
        remember "$path"
        return
    fi
    say "  $1 changes"
    differences "$path" "$text"
    known=$(remembered "$path")
    if [[ -e $path && -n $known && $known != "$(checksum "$path")" && -z $YES_OVERWRITE ]]; then
        say "  $1 was changed by hand since it was written here"
        [[ -n $DRY_RUN ]] || stop "$EDITED" '  Put that into the site or the specs, or lose it:' \
            "  $SCRIPT --from $ITEM --yes-overwrite"
    fi
    [[ -z $DRY_RUN ]] || return 0
    if [[ -e $path && $known != "$(checksum "$path")" ]]; then back_up "$path"; fi
    replace_file "$path" "$2" "$3" "$4" "$text"
    remember "$path"
}

# replace_file PATH MODE OWNER GROUP TEXT: at once, never half.
replace_file() {
    mkdir -p -- "$(dirname -- "$1")"
    NEW=$(mktemp -- "$1.XXXXXX")
    printf '%s' "$5" >"$NEW"
    chown -- "$3:$4" "$NEW"
    chmod -- "$2" "$NEW"
    mv -fT -- "$NEW" "$1"
    NEW=''
    if command -v restorecon >/dev/null; then restorecon -- "$1"; fi
}

# Options of an ini file: set_options PATH [SECTION/KEY whose value is secret]... <OPTIONS
set_options() {
    local path=$1 text name
    local -a hidden=()
    shift
    for name in "$@"; do hidden+=(--hide "$name"); done
    take line text
    python3 "$HERE/options.py" --dry-run "${hidden[@]}" "$path" <<<"$text" >"$WORK/difference"
    if [[ ! -s $WORK/difference ]]; then
        say "  $path has these options already"
        return
    fi
    say "  $path changes"
    show <"$WORK/difference"
    [[ -z $DRY_RUN ]] || return 0
    path=$(realpath -- "$path")
    [[ -n $(remembered "$path") ]] || back_up "$path"
    python3 "$HERE/options.py" "${hidden[@]}" "$path" <<<"$text" >/dev/null
    remember "$path"
}

# Whether a file, or a folder with something in it, is there.
is_there() {
    [[ -e $1 && ( ! -d $1 || -n $(ls -A -- "$1") ) ]]
}

# Files made on another node; those that are here stay: copy_files PATH... --from NODE...
copy_files() {
    local -a missing=()
    while [[ $1 != --from ]]; do
        is_there "$1" || missing+=("${1#/}")
        shift
    done
    shift
    if [[ ${#missing[@]} -eq 0 ]]; then
        say '  the files are here already'
        return
    fi
    say "  needs from the first of $* that has them:$(printf ' /%s' "${missing[@]}")"
    [[ -z $DRY_RUN ]] || return 0
    [[ -n $FILES ]] || stop "$NOT_YET" "  there: tar -C / -c -- $(printf '%q ' "${missing[@]}") >files.tar" \
        "  here:  $SCRIPT --from $ITEM --files files.tar"
    shown "$COMMAND_LIMIT" tar -C / -xp --skip-old-files -f "$FILES" -- "${missing[@]}"
}

# ---- Actions ----------------------------------------------------------------------------------

# A command that would run: its text with the names of secrets.
would_run() {
    local name
    say '  would run:'
    show <<<"${1%$'\n'}"
    for name in "${!ENVIRONMENT[@]}"; do say "    with $name in its environment"; done
    [[ -z $INPUT ]] || say '    with text on its standard input'
}

# What `with`, `input` and `question` gave is used up.
used_up() {
    ENVIRONMENT=() INPUT='' QUESTION=''
}

# Installs packages that are not there: install_missing QUERY PRINTS REFRESH INSTALL PACKAGE...
install_missing() {
    local query=$1 prints=$2 refresh=$3 install=$4 package
    local -a missing=()
    shift 4
    for package in "$@"; do
        is_installed "$query" "$prints" "$package" || missing+=("$package")
    done
    if [[ ${#missing[@]} -eq 0 ]]; then
        say "  installed already: $*"
        return
    fi
    say "  installs ${missing[*]}"
    if [[ -n $DRY_RUN ]]; then
        would_run "$refresh"$'\n'"$install ${missing[*]}"
        return
    fi
    DOING=$refresh
    shown "$COMMAND_LIMIT" bash -c "$refresh" </dev/null
    DOING="$install ${missing[*]}"
    shown "$COMMAND_LIMIT" bash -c "$install \"\$@\"" install "${missing[@]}" </dev/null
}

is_installed() {
    local printed
    printed=$(timeout "$TRY_LIMIT" bash -c "$1 \"\$1\"" query "$3" </dev/null 2>/dev/null) || return 1
    [[ -z $2 || $printed == "$2" ]]
}

# Runs the shell text of standard input.
run() {
    local text
    take shell text
    if [[ -n $DRY_RUN ]]; then
        would_run "$RAW"
    else
        DOING=${RAW%%$'\n'*}
        shown "$COMMAND_LIMIT" bash -eo pipefail <(printf '%s\n' "$text") < <(printf '%s' "$INPUT")
    fi
    used_up
}

# A command of the cluster shell, unless what it makes is in the CIB: cluster ID <COMMAND
cluster() {
    local status=0
    timeout "$TRY_LIMIT" cibadmin --query --xpath "//*[@id='$1']" \
        </dev/null >"$WORK/printed" 2>&1 || status=$?
    case $status in
    0)
        say "  $1 is in the cluster already"
        cat >/dev/null
        ;;
    105 | 6) run ;; # no such object
    *)
        [[ -n $DRY_RUN ]] || stop "$CANNOT_TELL" "  cibadmin cannot tell whether $1 is there:" \
            "    $(tail -n 1 "$WORK/printed")"
        run
        ;;
    esac
}

# Keeps what a command prints: capture NAME <COMMAND
capture() {
    local text status=0
    take shell text
    if [[ -n $DRY_RUN ]]; then
        would_run "$RAW"
        return
    fi
    DOING=${RAW%%$'\n'*}
    limited "$COMMAND_LIMIT" bash -eo pipefail <(printf '%s\n' "$text") \
        </dev/null >"$WORK/captured" 2>"$WORK/errors" || status=$?
    show <"$WORK/errors"
    [[ $status -eq 0 ]] || return "$status"
    keep "$1" <"$WORK/captured"
    unset "VALUES[captured.$1]"
    value "captured.$1"
    say "  captured $1"
}

# Keeps standard input as a captured value.
keep() {
    local text
    text=$(cat)
    [[ -n $text ]] || { say "  nothing was printed for $1"; return 1; }
    (umask 077; mkdir -p -- "$STATE/captured"; printf '%s\n' "$text" >"$STATE/captured/.$1")
    mv -f -- "$STATE/captured/.$1" "$STATE/captured/$1"
}

# ---- Services ---------------------------------------------------------------------------------

# start_unit UNIT at-boot|not-at-boot|as-it-is restart|reload FILE...: restarts or reloads it if it
# is older than one of the files.
start_unit() {
    local unit=$1 boot=$2 by=$3
    shift 3
    at_boot "$unit" "$boot"
    if ! systemctl is-active --quiet "$unit"; then
        systemd "start $unit"
    elif is_older "$unit" "$@"; then
        systemd "$by $unit"
        [[ -n $DRY_RUN || $by != reload ]] || touch -- "$STATE/reloaded-$unit"
    else
        say "  $unit runs already"
    fi
}

# stop_unit UNIT at-boot|not-at-boot|as-it-is
stop_unit() {
    at_boot "$1" "$2"
    if systemctl is-active --quiet "$1"; then
        systemd "stop $1"
    else
        say "  $1 is stopped already"
    fi
}

at_boot() {
    local now
    now=$(systemctl is-enabled "$1" 2>/dev/null) || true
    case $2 in
    at-boot) systemctl is-enabled --quiet "$1" 2>/dev/null || systemd "enable $1" ;;
    not-at-boot) [[ $now != enabled* ]] || systemd "disable $1" ;;
    esac
}

# systemd "VERB UNIT": does it and says so; first systemd reads unit files that changed.
systemd() {
    local verb=${1%% *} unit=${1#* }
    say "  systemctl $verb $unit"
    [[ -z $DRY_RUN ]] || return 0
    if [[ $(systemctl show --value --property NeedDaemonReload "$unit") == yes ]]; then
        systemctl daemon-reload
    fi
    DOING="systemctl $verb $unit"
    shown "$COMMAND_LIMIT" systemctl "$verb" "$unit" </dev/null
}

# Whether one of the files is newer than the unit's start or last reload by this script.
is_older() {
    local unit=$1 since file
    shift
    since=$(systemctl show --value --property ActiveEnterTimestamp --timestamp=us+utc "$unit")
    touch --date="${since:-@0}" -- "$WORK/since"
    if [[ $STATE/reloaded-$unit -nt $WORK/since ]]; then
        touch --reference="$STATE/reloaded-$unit" -- "$WORK/since"
    fi
    for file in "$@"; do
        if [[ -e $file && ! $file -ot $WORK/since ]]; then
            say "  $file is newer than the start of $unit"
            return 0
        fi
    done
    return 1
}

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

# REPLY is holds, fails or unknown: answered EXPECTATION NODE
answered() {
    REPLY=${ANSWERS[$1@$2]-unknown}
    [[ $REPLY == unknown ]] || return 0
    if [[ $2 == "$NODE" ]]; then
        "ask:$1" || true
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
    say "  nothing to do: $expectation $verdict"
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
            return 1
        fi
        sleep 2
    done
    say "  $ANSWER"
}

# ---- Preflight: what must be true of this node before the first write -------------------------

declare -i WRONG=0

good() {
    say "  ok      $*"
}

bad() {
    say "  WRONG   $*"
    WRONG+=1
}

is_root() {
    if [[ $EUID -eq 0 ]]; then good 'root'; else bad "this needs root, not $(id -un)"; fi
}

# has_python MAJOR MINOR
has_python() {
    if python3 -c "import sys; sys.exit(sys.version_info < ($1, $2))"; then
        good "python3 is $1.$2 or newer"
    else
        bad "python3 of $1.$2 or newer is needed by judge.py and options.py"
    fi
}

# runs_on VERSION ID...: what /etc/os-release says.
runs_on() {
    local version=$1 id
    local -A release=()
    shift
    while IFS='=' read -r id REPLY; do
        [[ -z $id || $id == '#'* ]] || release[$id]=$(tr -d "\"'" <<<"$REPLY")
    done </etc/os-release
    for id in "$@"; do
        if [[ ${release[ID]-} == "$id" && ${release[VERSION_ID]-}. == "$version".* ]]; then
            good "$id $version"
            return
        fi
    done
    bad "this is ${release[ID]-?} ${release[VERSION_ID]-?}, the scripts are for $* $version"
}

# has_address ADDRESS
has_address() {
    if [[ -n $(ip -o address show to "$1") ]]; then
        good "$1 is on an interface"
    else
        bad "$1 is on no interface of this machine"
    fi
}

# resolves NAME ADDRESS: to it, and to no loopback address.
resolves() {
    local found
    found=$(getent ahosts "$1" | cut -d ' ' -f 1 | sort -u | tr '\n' ' ') || true
    case " $found" in
    *' 127.'* | *' ::1 '*) bad "$1 resolves to a loopback address: $found" ;;
    *" $2 "*) good "$1 is $2" ;;
    *) bad "$1 resolves to ${found:-nothing}, it should be $2" ;;
    esac
}

# reaches NAME ADDRESS
reaches() {
    if ping -c 1 -W 2 "$2" >/dev/null 2>&1 || timeout 3 bash -c ": </dev/tcp/$2/22" 2>/dev/null; then
        good "reaches $1"
    else
        bad "cannot reach $1 ($2)"
    fi
}

# has_free_ports UNITS PORT...: unless one of the units runs, which then uses them.
has_free_ports() {
    local units=$1 port
    shift
    # shellcheck disable=SC2086 # several units
    if [[ -n $units ]] && systemctl is-active --quiet $units; then
        good "ports: a service of this cluster runs already"
        return
    fi
    for port in "$@"; do
        if [[ -z $(ss -Hltn "sport = :$port") ]]; then
            good "port $port is free"
        else
            bad "port $port is in use: $(ss -Hltnp "sport = :$port" | head -n 1)"
        fi
    done
}

# is_unanswered ADDRESS PEER...: no machine has it, unless this one or a peer, by its MAC.
is_unanswered() {
    local address=$1 peer mac
    shift
    if [[ -n $(ip -o address show to "$address") ]]; then
        good "$address is here already"
    elif ! ping -c 2 -W 1 "$address" >/dev/null 2>&1; then
        good "$address is not in use"
    else
        mac=$(mac_of "$address")
        for peer in "$@"; do
            if [[ -n $mac && $mac == "$(mac_of "$peer")" ]]; then
                good "$address is on $peer already"
                return
            fi
        done
        bad "$address is answered by another machine${mac:+ ($mac)}"
    fi
}

mac_of() {
    ip neighbour show to "$1" | grep -o 'lladdr [^ ]*' || true
}

# The clock is not before the time at which these files were made.
has_sane_clock() {
    if [[ $(date +%s) -lt $(stat -c %Y -- "$SCRIPT") ]]; then
        bad "the clock says $(date), which is before these scripts were made"
    elif [[ $(timedatectl show --property NTPSynchronized --value 2>/dev/null) == yes ]]; then
        good 'the clock is synchronised'
    else
        good 'the clock may be right; it is not synchronised yet'
    fi
}

# Runs all of them and stops if one is wrong.
fit() {
    say "Preflight of $NODE"
    is_root
    has_python 3 9
    has_sane_clock
    preflight
    [[ $WRONG -eq 0 || -n $DRY_RUN ]] || stop "$UNFIT" "Nothing was changed: $WRONG wrong."
}

# ---- Turns ------------------------------------------------------------------------------------

declare -a NUMBERS=() ITEMS=() PAGES=() SPECS=() TITLES=() ONLY=()
declare MODE=turns FROM='' TO='' RESUME='' YES_OVERWRITE='' FILES='' NAME='' DRIVEN=''
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
  --driven            run.sh calls: it looked at the machine and says which turn it is

Instead of turns:
  --preflight         look at the machine and do nothing
  --ask EXPECTATION   judge it here: exit status 0 holds, 1 fails, 3 unknown
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
        --from | --to | --only | --secrets | --answer | --files | --ask | --captured | --keep)
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
            "$ITEM"
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
    "ask:$1" || status=$?
    say "$ANSWER"
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

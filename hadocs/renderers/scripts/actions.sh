
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
        already "installed already: $*"
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

# Runs the shell text of standard input; of several commands, the line of the one that fails is told.
run() {
    local text status=0
    take shell text
    if [[ -n $DRY_RUN ]]; then
        would_run "$RAW"
    else
        DOING=${RAW%%$'\n'*}
        rm -f -- "$WORK/line"
        printf "unset BASH_ENV; trap 'echo \$LINENO >%q' ERR\n" "$WORK/line" >"$WORK/first"
        ENVIRONMENT[BASH_ENV]=$WORK/first
        shown "$COMMAND_LIMIT" bash -eo pipefail <(printf '%s\n' "$text") < <(printf '%s' "$INPUT") ||
            status=$?
        [[ $status -eq 0 || ! -s $WORK/line ]] || DOING=$(sed -n "$(<"$WORK/line")p" <<<"$RAW")
    fi
    used_up
    return "$status"
}

# A command of the cluster shell, unless what it makes is in the CIB: cluster ID <COMMAND
cluster() {
    local status=0
    timeout "$TRY_LIMIT" cibadmin --query --xpath "//*[@id='$1']" \
        </dev/null >"$WORK/printed" 2>&1 || status=$?
    case $status in
    0)
        already "$1 is in the cluster already"
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
    OUTCOME='done'
    show printed <"$WORK/errors"
    [[ $status -eq 0 ]] || return "$status"
    keep "$1" <"$WORK/captured"
    unset "VALUES[captured.$1]"
    HIDDEN_OF=-1
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
    elif is_older "$unit" "$by" "$@"; then
        systemd "$by $unit"
    else
        already "$unit runs already"
    fi
}

# stop_unit UNIT at-boot|not-at-boot|as-it-is
stop_unit() {
    local now
    at_boot "$1" "$2"
    now=$(systemctl is-active "$1" 2>/dev/null) || true
    case $now in
    inactive | failed | unknown | '') already "$1 is stopped already" ;;
    *) systemd "stop $1" ;;
    esac
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

# Whether one of the files is newer than the unit's start, or came there since, as cp -p brings an old
# one; a reload is a change of state, no start.
# is_older UNIT restart|reload FILE ...
is_older() {
    local unit=$1 what=ActiveEnterTimestamp since file
    [[ $2 != reload ]] || what=StateChangeTimestamp
    shift 2
    since=$(systemctl show --value --property "$what" --timestamp=us+utc "$unit")
    touch --date="${since:-@0}" -- "$WORK/since"
    for file in "$@"; do
        [[ -e $file ]] || continue
        if [[ ! $file -ot $WORK/since || -n $(find -H "$file" -prune -cnewer "$WORK/since") ]]; then
            say "  $file is newer than the start of $unit"
            return 0
        fi
    done
    return 1
}

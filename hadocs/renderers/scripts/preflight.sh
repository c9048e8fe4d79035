
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

# reaches NAME ADDRESS, unless the node is left out
reaches() {
    if [[ -n ${WITHOUT[$1]-} ]]; then
        good "$1 is left out"
    elif ping -c 1 -W 2 "$2" >/dev/null 2>&1 || timeout 3 bash -c ": </dev/tcp/$2/22" 2>/dev/null; then
        good "reaches $1"
    else
        bad "cannot reach $1 ($2)"
    fi
}

# The systemd unit, without its ending, of a process in the lines of ss that still lives; nothing for
# systemd itself.
unit_of() {
    local pid unit
    while IFS='=' read -r _ pid; do
        unit=$(sed -n 's,.*/\([^/]*\)\.\(service\|socket\).*,\1,p' "/proc/$pid/cgroup" 2>/dev/null) || continue
        [[ -z $unit ]] || { printf '%s\n' "${unit%%$'\n'*}" && return; }
    done < <(grep -o 'pid=[0-9]*' <<<"$1")
}

# has_free_ports UNITS PORT...: free, or used by one of the units.
has_free_ports() {
    local units=$1 port used unit
    shift
    for port in "$@"; do
        used=$(ss -Hltunp "sport = :$port")
        unit=$(unit_of "$used")
        if [[ -z $used ]]; then
            good "port $port is free"
        elif [[ " $units systemd " == *" ${unit:-systemd} "* ]]; then
            good "port $port is used by ${unit:-systemd} of this cluster"
        else
            bad "port $port is in use: ${used%%$'\n'*}"
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


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
        while IFS= read -r line || [[ -n $line ]]; do
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


# ---- Files ------------------------------------------------------------------------------------

checksum() {
    sha256sum -- "$1" | cut -d ' ' -f 1
}

# The checksum of the file as this script wrote it last; nothing if it did not.
remembered() {
    cat -- "$WRITTEN$1" 2>/dev/null || true
}

remember() {
    [[ -z $DRY_RUN ]] || return 0
    mkdir -p -- "$(dirname -- "$WRITTEN$1")"
    checksum "$1" >"$WRITTEN$1"
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
    { diff -u --label "$1 (now)" --label "$1 (new)" -- "$old" <(printf '%s' "$2") || true; } |
        without_old_secrets | show
}

# Lines of differences; an old one may have a secret that nobody here knows, if it begins like a new
# one with a secret. RAW is the new text without its values.
without_old_secrets() {
    local line begin spaceless
    local -a begins=()
    while IFS= read -r line; do
        [[ -z ${mark-} || $line != *"$mark"* ]] || begins+=("${line%%"$mark"*}")
    done <<<"$RAW"
    while IFS= read -r line || [[ -n $line ]]; do
        spaceless=${line//[[:space:]]/}
        for begin in "${begins[@]}"; do
            [[ $line == '--- '* || $spaceless != "-${begin//[[:space:]]/}"* ]] || line="-$begin(not shown)"
        done
        printf '%s\n' "$line"
    done
}

# Mode and owner: own PATH MODE OWNER GROUP
own() {
    local wanted
    wanted="$(printf '%o' "$((8#$2))") $3 $4"
    [[ $(stat -c '%a %U %G' -- "$1") != "$wanted" ]] || return 0
    say "  $1: mode and owner become $2 $3:$4"
    [[ -z $DRY_RUN ]] || return 0
    OUTCOME='done'
    chown -- "$3:$4" "$1"
    chmod -- "$2" "$1"
}

# The file as a whole: write_file PATH MODE OWNER GROUP <TEXT. A link stays a link.
write_file() {
    local path text known
    path=$(realpath -m -- "$1")
    take file text
    if [[ -f $path ]] && cmp -s -- "$path" <(printf '%s' "$text"); then
        already "$1 is so already"
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
    OUTCOME='done'
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
        already "$path has these options already"
        return
    fi
    say "  $path changes"
    show <"$WORK/difference"
    [[ -z $DRY_RUN ]] || return 0
    path=$(realpath -- "$path")
    [[ -n $(remembered "$path") ]] || back_up "$path"
    OUTCOME='done'
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
        already 'the files are here already'
        return
    fi
    say "  needs from the first of $* that has them:$(printf ' /%s' "${missing[@]}")"
    [[ -z $DRY_RUN ]] || return 0
    [[ -n $FILES ]] || stop "$NOT_YET" "  there: tar -C / -c -- $(printf '%q ' "${missing[@]}") >files.tar" \
        "  here:  $SCRIPT --from $ITEM --files files.tar"
    shown "$COMMAND_LIMIT" tar -C / -xp --skip-old-files -f "$FILES" -- "${missing[@]}"
}

#!/usr/bin/env bash
# node3 (10.9.0.13; controller) of three.
# OpenStack 2.1 on alpha-2, cluster shell crm.
#
# Does what the guide says for this node: each step is a function named after its id.
# Running it again does only what is not so yet. Start with --dry-run.
# 0 of 3 steps were executed on exactly this target.
# shellcheck disable=SC2016 # single quotes keep what another shell reads
set -Eeuo pipefail

readonly TARGET=2.1-alpha-2-crm-three-revive NODE=node3
SECRETS_NEEDED=''
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE SECRETS_NEEDED
# shellcheck source=lib.sh
. "$HERE/lib.sh"

# turn, item, guide page, where it is written, title
items() {
    cat <<'END'
1	revive/found	guide/revive#found	components/revive.yaml:24	Found it again
12	revive/stop	guide/revive#stop	components/revive.yaml:32	Stop a member
13	revive/start	guide/revive#start	components/revive.yaml:33	Start it
14	revive/member	guide/revive#checks	components/revive.yaml:35	It is one
END
}

preflight() {
    runs_on 2 alpha
    has_address 10.9.0.13
    resolves node1 10.9.0.11
    resolves node2 10.9.0.12
    resolves node3 10.9.0.13
    resolves control 10.9.0.10
    reaches node2 10.9.0.12
    is_unanswered 10.9.0.10 10.9.0.12
}

# The store runs
ask:revive/runs() {
    question <<'END'
{"format": "status", "expect": []}
END
    ask <<'END'
store status
END
}

# The store has data
ask:store/exists() {
    question <<'END'
{"format": "status", "expect": []}
END
    ask <<'END'
test -e /var/lib/store/data
END
}

# The node is a member
ask:store/member() {
    question <<'END'
{"format": "table", "expect": [["size", "3"],
    ["state", "Synced"]]}
END
    ask <<'END'
store status
END
}

# Found it again
revive/found() {
    skip_if_holds any revive/runs node2 node3 && return
    run <<'END'
store --new
END
}

# Stop a member
revive/stop() {
    skip_unless_holds any revive/runs node3 && return
    stop_unit store as-it-is
}

# Start it
revive/start() {
    start_unit store as-it-is restart
    wait_for 60 store/member
}

# It is one
revive/member() {
    wait_for 30 store/member
}

main "$@"

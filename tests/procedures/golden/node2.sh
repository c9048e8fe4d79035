#!/usr/bin/env bash
# node2 (10.9.0.12; controller) of three.
# OpenStack 2.1 on alpha-2, cluster shell crm.
#
# Does what the guide says for this node: each step is a function named after its id.
# Running it again does only what is not so yet. Start with --dry-run.
# 0 of 9 steps were executed on exactly this target.
# shellcheck disable=SC2016 # single quotes keep what another shell reads
set -Eeuo pipefail

readonly TARGET=2.1-alpha-2-crm-three-revive NODE=node2
SECRETS_NEEDED=store_sst
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE SECRETS_NEEDED
# shellcheck source=lib.sh
. "$HERE/lib.sh"

# turn, item, guide page, where it is written, title
items() {
    cat <<'END'
2	revive/follow	guide/revive#follow	components/revive.yaml:28	Let another follow
3	balancer/install	guide/balancer#install	components/balancer.yaml:32	Install the load balancer
4	balancer/keep	guide/balancer#keep	components/balancer.yaml:39	Let the cluster keep it
5	store/install	guide/store#install	components/store.yaml:44	Install the store
6	store/bootstrap	guide/store#bootstrap	components/store.yaml:51	Bootstrap the store
7	store/balancer-store-listener	guide/store#balancer-store-listener	components/balancer.yaml:20	Let the load balancer listen
8	store/balancer-store-reload	guide/store#balancer-store-reload	components/balancer.yaml:28	Reload the load balancer
9	store/joined	guide/store#checks	components/store.yaml:64	Every node is a member
10	revive/stop	guide/revive#stop	components/revive.yaml:32	Stop a member
11	revive/start	guide/revive#start	components/revive.yaml:33	Start it
END
}

preflight() {
    runs_on 2 alpha
    has_address 10.9.0.12
    resolves node1 10.9.0.11
    resolves node2 10.9.0.12
    resolves node3 10.9.0.13
    resolves control 10.9.0.10
    has_free_ports 'balancer store' 3306
    reaches node3 10.9.0.13
    is_unanswered 10.9.0.10 10.9.0.13
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive install_missing \
        'dpkg-query --show --showformat=${db:Status-Status}' \
        installed \
        'apt-get update' \
        'apt-get install --yes' \
        "$@"
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

# Let another follow
revive/follow() {
    :
}

# Install the load balancer
balancer/install() {
    install_packages balancer
}

# Let the cluster keep it
balancer/keep() {
    cluster balancer <<'END'
crm configure primitive balancer systemd:balancer \
  op monitor interval=5s
END
    cluster balancer-clone <<'END'
crm configure clone balancer-clone balancer
END
}

# Install the store
store/install() {
    install_packages store-server-2
}

# Bootstrap the store
store/bootstrap() {
    skip_if_holds any store/exists node2 node3 && return
    mark='@{' input <<'END'
secret @{secret.store_sst}
END
    run <<'END'
store --new
END
}

# Let the load balancer listen
store/balancer-store-listener() {
    write_file /etc/balancer/parts/store.cfg 0644 root root <<'END'
listen 10.9.0.10:3306 check /
server node1 10.9.0.11
server node2 10.9.0.12 backup
server node3 10.9.0.13 backup
END
}

# Reload the load balancer
store/balancer-store-reload() {
    start_unit balancer as-it-is reload /etc/balancer/parts/store.cfg
}

# Every node is a member
store/joined() {
    wait_for 60 store/member
}

# Stop a member
revive/stop() {
    skip_unless_holds any revive/runs node2 && return
    stop_unit store as-it-is
}

# Start it
revive/start() {
    start_unit store as-it-is restart
    wait_for 60 store/member
}

main "$@"

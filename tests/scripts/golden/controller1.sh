#!/usr/bin/env bash
# controller1 (10.0.0.11; controller) of three.
# OpenStack 2025.1 on debian-13, cluster shell crm.
#
# Does what the guide says for this node: each step is a function named after its id.
# Running it again does only what is not so yet. Start with --dry-run.
# 2 of 9 steps were executed on exactly this target.
# shellcheck disable=SC2016 # single quotes keep what another shell reads
set -Eeuo pipefail

readonly TARGET=2025.1-debian-13-crm-three NODE=controller1
SECRETS_NEEDED='galera rabbit'
HERE=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd -P)
readonly HERE SECRETS_NEEDED
# shellcheck source=lib.sh
. "$HERE/lib.sh"

# turn, item, guide page, where it is written, title
items() {
    cat <<'END'
1	galera/install	guide/galera#install	components/galera.yaml:10	Install the server
2	galera/capture	guide/galera#capture	components/galera.yaml:12	Name the cluster
3	galera/write	guide/galera#write	components/galera.yaml:14	Configure replication
4	galera/set	guide/galera#set	components/galera.yaml:20	Configure messaging
5	galera/bootstrap	guide/galera#bootstrap	components/galera.yaml:30	Bootstrap the cluster
6	galera/start	guide/galera#start	components/galera.yaml:33	Start the server
10	galera/cluster	guide/galera#cluster	components/galera.yaml:40	Make resources
13	galera/stop	guide/galera#stop	components/galera.yaml:48	Stop what is not needed
14	galera/wait	guide/galera#wait	components/galera.yaml:50	Wait for all
15	galera/nothing	guide/galera#nothing	components/galera.yaml:52	Open the firewall
16	galera/joined	guide/galera#checks	components/galera.yaml:60	Every node has joined
END
}

preflight() {
    runs_on 13 debian
    has_address 10.0.0.11
    resolves controller1 10.0.0.11
    resolves controller2 10.0.0.12
    resolves controller3 10.0.0.13
    resolves vip 10.0.0.10
    has_free_ports mariadb.service 3306 4567
    reaches controller2 10.0.0.12
    reaches controller3 10.0.0.13
    is_unanswered 10.0.0.10 10.0.0.12 10.0.0.13
}

install_packages() {
    DEBIAN_FRONTEND=noninteractive install_missing \
        'dpkg-query -W -f='"'"'${db:Status-Status}'"'"'' \
        installed \
        'apt-get update' \
        'apt-get install -y' \
        "$@"
}

# The server answers
ask:galera/answers() {
    question <<'END'
{"format": "status", "expect": []}
END
    mark='@{' input <<'END'
@{secret.galera}
END
    ask <<'END'
mariadb --password -e 'SELECT 1'
END
}

# Every member is in the cluster
ask:galera/members() {
    question <<'END'
{"format": "table", "expect": [["wsrep_cluster_size", "3"],
    ["wsrep_cluster_status", "Primary"]]}
END
    ask <<'END'
mariadb -NBe "SHOW STATUS LIKE 'wsrep_%'"
END
}

# Install the server
galera/install() {
    install_packages mariadb galera
}

# Name the cluster
galera/capture() {
    capture cluster <<'END'
cluster-name
END
}

# Configure replication
galera/write() {
    mark='@@{' cut=yes write_file /etc/galera/controller1/galera.cnf 0640 root root <<'END_2'
# it's "$(touch /tmp/hadocs-was-here)" `id` \ @{secret.rabbit} & END
password = @@{secret.galera}
cluster = @@{captured.cluster}
END
no newline
END_2
}

# Configure messaging
galera/set() {
    mark='@@{' set_options /etc/galera/controller1/nova.conf DEFAULT/transport_url <<'END'
[DEFAULT]
transport_url = rabbit://openstack:@@{secret.rabbit}@vip
pci = a
pci = b
[oslo]
title = it's "$(touch /tmp/hadocs-was-here)" `id` \ @{secret.rabbit} & END
END
}

# Bootstrap the cluster
galera/bootstrap() {
    skip_if_holds any galera/members controller1 controller2 controller3 && return
    mark='@@{' run <<'END'
galera_new_cluster 'it'"'"'s "$(touch /tmp/hadocs-was-here)" `id` \ @{secret.rabbit} & END' @@{secret.rabbit}
END
    wait_for 60 galera/answers
}

# Start the server
galera/start() {
    start_unit mariadb.service at-boot restart /etc/galera/controller1/galera.cnf
}

# Make resources
galera/cluster() {
    cluster vip <<'END'
crm configure primitive vip IPaddr2 \
    params ip=10.0.0.10
END
    mark='@{' cluster fence <<'END'
crm configure primitive fence stonith:x params password=@{secret.rabbit}
END
}

# Stop what is not needed
galera/stop() {
    stop_unit old.service not-at-boot
}

# Wait for all
galera/wait() {
    wait_for 120 galera/members
}

# Open the firewall
galera/nothing() {
    nothing_to_do ' on this system'
}

# Every node has joined
galera/joined() {
    wait_for 60 galera/members
}

main "$@"

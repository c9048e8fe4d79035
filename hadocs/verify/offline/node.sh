# A toolbox becomes the node NODE at ADDRESS: folders of settings can be written, nothing of it stays.
cp -a /etc /tmp/etc
mount --bind /tmp/etc /etc
mount -t tmpfs tmpfs /usr/local
hostname "$NODE"
ip link set lo up
ip address add "$ADDRESS/32" dev lo

# enter.sh ROOT WORK COMMAND...: run COMMAND where only the programs of ROOT and the folder WORK
# (as /mnt) exist. It is started in namespaces of its own; nothing that it mounts is seen outside.
set -e
root=$1 work=$2 new=$2/.root
shift 2
mkdir -p "$new"
mount -t tmpfs -o mode=755 tmpfs "$new"
cd "$new"
for name in bin sbin lib lib32 lib64 libx32 usr etc; do
    if [ -L "$root/$name" ]; then
        cp -P "$root/$name" "$name"
    elif [ -d "$root/$name" ]; then
        mkdir "$name"
        mount --rbind "$root/$name" "$name"
        # Where the file system itself is mounted with more limits this is refused, and not needed.
        mount -o remount,bind,ro "$name" 2> /dev/null || :
    fi
done
mkdir -p proc dev mnt old run/dbus var/log/crmsh var/lib/pacemaker/cib var/lib/pcsd
mkdir -m 1777 tmp var/tmp
ln -s ../run var/run
ln -s /proc/self/fd dev/fd
for name in null zero full random urandom; do
    : > "dev/$name"
    mount --bind "/dev/$name" "dev/$name"
done
mount -t proc proc proc
mount --bind "$work" mnt
pivot_root . old
cd /mnt
umount -l /old
exec env -i HOME=/tmp PATH=/usr/sbin:/usr/bin:/sbin:/bin LANG=C.UTF-8 "$@"

# empty.sh NODE...: write into $CIB_file a configuration without resources, in which every node lives.
set -e
exec > /dev/null
made=$CIB_file
export CIB_file=$PWD/start.xml
cibadmin --empty > "$CIB_file"
number=0
online=()
for node; do
    number=$((number + 1))
    cibadmin --create -o nodes --xml-text "<node id=\"$number\" uname=\"$node\"/>"
    online+=("--node-up=$node")
done
cibadmin --modify --xml-text '<cib have-quorum="1" dc-uuid="1"/>'
version=$(crm_mon --version | sed -n 's/^Pacemaker //p')
for property in have-watchdog=false "dc-version=$version" cluster-infrastructure=corosync; do
    crm_attribute --type crm_config --name "${property%%=*}" --update "${property#*=}"
done
crm_simulate --xml-file "$CIB_file" --simulate --quiet --quorum=1 "${online[@]}" --save-output "$made"

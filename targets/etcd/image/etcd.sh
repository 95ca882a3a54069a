#!/bin/bash
# Stands in front of etcd while a cluster is born, and is etcd from then on.
#
# A new member first asks its peers whether the cluster exists already. A peer that listens but does not serve yet keeps
# it waiting for a second, and members that start together all wait for one another: four seconds for five. So the first
# member starts once the addresses of the others are up (they refuse, at once), and the others once it serves.
for argument in "$@"; do
  case $argument in
    --name=*) name=${argument#*=} ;;
    --data-dir=*) data=${argument#*=} ;;
    --initial-cluster=*) members=${argument#*=} ;;
  esac
done

# What a member's peer port does, by its URL: serves, refuses, or nothing.
answer() {
  local at=${1##*//} said
  said=$(timeout 0.2 bash -c "exec 3<>/dev/tcp/${at%:*}/${at##*:} && printf 'GET /version HTTP/1.0\r\n\r\n' >&3 && read -r line <&3 && echo serves" 2>&1)
  case $said in
    *serves*) echo serves ;;
    *refused*) echo refuses ;;
    *) echo nothing ;;
  esac
}

# Waits at most 5 s: a member that cannot be there must not keep this one from saying so.
until_not() {
  while ((SECONDS < 5)) && [[ $(answer "$2") =~ $1 ]]; do sleep 0.01; done
}

if [[ -n $members && ! -d $data/member && " $* " != *' --initial-cluster-state=existing '* ]]; then
  IFS=, read -ra each <<<"$members"
  if [[ ${each[0]} == "$name="* ]]; then
    for member in "${each[@]:1}"; do until_not nothing "$member"; done
  else
    until_not 'nothing|refuses' "${each[0]}"
  fi
fi
exec /usr/bin/etcd "$@"

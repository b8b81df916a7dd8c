#!/usr/bin/env bash
# A Slurm cluster of one node, this machine, for tests: the distribution's Slurm with all of its state
# in one folder and ports of its own, so that it is in nobody's way.
#
#   cluster.sh install         install Slurm from the distribution's packages (Debian, Ubuntu; root)
#   cluster.sh start FOLDER    start the cluster; Slurm's commands find it by SLURM_CONF=FOLDER/slurm.conf
#   cluster.sh stop FOLDER     end it, with all jobs
set -euo pipefail
export PATH="$PATH:/usr/sbin:/sbin"

install() {
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq
  apt-get install -qq -y --no-install-recommends slurm-wlm munge
}

free_port() {
  local port
  while port=$((20000 + RANDOM % 20000)); do
    (: < "/dev/tcp/127.0.0.1/$port") 2> /dev/null || break
  done
  echo "$port"
}

# Slurm's daemons read the host's name; its address is given, as a container may not resolve it.
write_configuration() {
  local folder=$1 host user
  host=$(hostname -s)
  user=$(id -un)
  cat > "$folder/slurm.conf" << EOF
ClusterName=test
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$(free_port)
SlurmdPort=$(free_port)
SlurmUser=$user
SlurmdUser=$user
AuthType=auth/munge
CredType=cred/munge
AuthInfo=socket=$folder/munge.socket
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
ReturnToService=2
KillWait=20
MinJobAge=2
SchedulerParameters=sched_interval=1,bf_interval=1
GresTypes=token
NodeName=$host NodeAddr=127.0.0.1 CPUs=$(nproc) RealMemory=2000 Gres=token:1 State=UNKNOWN
PartitionName=main Nodes=$host Default=YES MaxTime=INFINITE State=UP
PartitionName=other Nodes=$host MaxTime=INFINITE State=UP
EOF
  echo "Name=token Count=1 Flags=CountOnly" > "$folder/gres.conf"
  # Nothing of it is used; without the file, Slurm looks for control groups.
  echo "CgroupAutomount=no" > "$folder/cgroup.conf"
}

start() {
  local folder=$1
  mkdir -p "$folder/state" "$folder/spool"
  # munged wants its key and socket where nobody else writes.
  chmod 755 "$folder"
  head -c 1024 /dev/urandom > "$folder/munge.key"
  chmod 600 "$folder/munge.key"
  write_configuration "$folder"
  export SLURM_CONF="$folder/slurm.conf"
  munged --force --key-file="$folder/munge.key" --socket="$folder/munge.socket" \
    --pid-file="$folder/munged.pid" --log-file="$folder/munged.log" --seed-file="$folder/munged.seed"
  slurmctld -f "$SLURM_CONF"
  slurmd -f "$SLURM_CONF"
  for _ in $(seq 60); do
    [[ $(sinfo --noheader --partition=main --format=%t 2> /dev/null) == idle ]] && return
    sleep 0.5
  done
  echo "the cluster did not start; see the logs in $folder" >&2
  return 1
}

stop() {
  local folder=$1 name
  export SLURM_CONF="$folder/slurm.conf"
  scancel --me 2> /dev/null || true
  for name in slurmd slurmctld munged; do
    [[ -f "$folder/$name.pid" ]] && kill "$(cat "$folder/$name.pid")" 2> /dev/null || true
  done
}

case "${1:-}" in
  install) install ;;
  start | stop) "$1" "$(realpath "${2:?a folder is needed}")" ;;
  *)
    echo "usage: cluster.sh install | start FOLDER | stop FOLDER" >&2
    exit 2
    ;;
esac

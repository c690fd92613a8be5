#!/bin/sh
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
# Three people's sensors on three machines arrive in one room: the recipe of docs/hosts.md, with network namespaces for
# machines, in a private view of the system that vanishes with the test. Skipped where that is not permitted.
set -u
cd "$(dirname "$0")/../.." || exit 2

skip() {
    echo "ok 1 - three machines play into one # SKIP $1"
    echo 1..1
    exit 0
}

if [ "${1:-}" != inside ]; then
    for program in jackd jack_load jack_rec jack_connect jack_wait ip unshare python3; do
        command -v $program > /dev/null || skip "$program is not installed"
    done
    ls /usr/lib/*/jack/netmanager.so > /dev/null 2>&1 || skip "NetJACK2 is not installed"
    unshare --net --mount --ipc --pid --fork true 2> /dev/null || skip "no namespaces of our own here"
    unshare --net --mount sh -c "mount -t tmpfs none /run && mkdir /run/netns && ip netns add x &&
        ip link add br0 type bridge && ip link add veth0 type veth peer name veth1 netns x" 2> /dev/null ||
        skip "no networks of our own here"
    # The machines share their memory files and end together
    exec unshare --net --mount --ipc --pid --fork --mount-proc --kill-child timeout 400 sh "$0" inside
fi

tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT
mount -t tmpfs none /dev/shm
mount -t tmpfs none /run
mkdir /run/netns
export JACK_NO_AUDIO_RESERVATION=1 JACK_NO_START_SERVER=1

# The room: in reality with its sound card instead of "dummy"
ip link set lo up
ip link add br0 type bridge
ip addr add 10.77.0.1/24 dev br0
ip link set br0 up
ip route add 224.0.0.0/4 dev br0
jackd -n room -r -d dummy -r 48000 -p 1024 > "$tmp/room" 2>&1 &
JACK_DEFAULT_SERVER=room timeout 60 jack_wait -w > "$tmp/log" 2>&1
JACK_DEFAULT_SERVER=room jack_load netmanager -i "-a 10.77.0.1" > "$tmp/log" 2>&1

# on MACHINE COMMAND...
on() {
    machine=$1
    shift
    JACK_DEFAULT_SERVER=$machine ip netns exec "$machine" "$@"
}

last=1
for person in ada:60 bob:80 cy:100; do
    machine=${person%:*}
    last=$((last + 1))
    ip netns add "$machine"
    ip link add "to$machine" type veth peer name eth0 netns "$machine"
    ip link set "to$machine" master br0 up
    ip -n "$machine" addr add "10.77.0.$last/24" dev eth0
    ip -n "$machine" link set eth0 up
    ip -n "$machine" link set lo up
    ip -n "$machine" route add 224.0.0.0/4 dev eth0
    on "$machine" jackd -n "$machine" -r -d net -a 10.77.0.1 -C 0 -P 4 -i 0 -o 1 -n "$machine" > "$tmp/$machine" 2>&1 &
    on "$machine" timeout 60 jack_wait -w > "$tmp/log" 2>&1
    on "$machine" build/tonus-bridge sim:ecg "heart_rate=${person#*:}" rsa=0 > "$tmp/bridge" 2>&1 &
    for try in $(seq 60); do
        sleep 0.5
        on "$machine" jack_connect tonus-bridge:ECG system:playback_1 > "$tmp/log" 2>&1 && break
    done
done
JACK_DEFAULT_SERVER=room timeout 90 jack_rec -f "$tmp/room.wav" -d 12 ada:from_slave_1 bob:from_slave_1 cy:from_slave_1 \
    > "$tmp/log" 2>&1

python3 - "$tmp/room.wav" <<'PYTHON'
import array, os, sys
found = []
try:
    data = open(sys.argv[1], "rb").read()
    begin = data.index(b"data") + 8
    values = array.array("h", data[begin:begin + (len(data) - begin) // 6 * 6])
    for person in range(3):
        x = values[person::3]
        high = max(x) / 2 if x else 0
        peaks, away = 0, 0
        for now, before in zip(x[1:], x):  # R peaks, a third of a second apart at least
            away += 1
            if high > 300 and before < high <= now and away > 16000:
                peaks, away = peaks + 1, 0
        found.append(round(peaks * 60 / (len(x) / 48000)) if x else 0)
except (OSError, ValueError) as error:
    print("#", error)
ok = len(found) == 3 and all(abs(found[i] - (60, 80, 100)[i]) <= 12 for i in range(3))
print("#", found, "beats per minute")
print("ok 1" if ok else "not ok 1", "- three machines play into one")
print("1..1")
sys.exit(not ok)
PYTHON

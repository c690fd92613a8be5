#!/usr/bin/python3
# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""A BlueZ with one heart-rate strap, for tests: fake_bluez.py MODE on the bus DBUS_SYSTEM_BUS_ADDRESS.

The strap sends a heart rate with RR intervals of 800 ms, and after the PMD start command ECG frames of 20
samples: sample i has the value i % 1000 microvolts. Time runs four times as fast. MODE: plain; held (another
program holds the characteristics, only signals work); busy (not even those); drop (the strap goes 1.5 s after it was
connected and comes back 1 s later); refuse (the first two connections fail); gap (frame 5 is lost on the radio); late (no ECG for
3 s); lifelike (real time: no ECG for 25 s, gone at 150 s, back 5 s later); mtu23, mtu70, mtu517 (frames as long as that allows); fast, slow (2 % off); ppg (an armband: 36 samples in a
frame, sample i is the sum of three equal numbers i % 100)."""

import os
import socket
import struct
import sys

import dbus
import dbus.service
from dbus.mainloop.glib import DBusGMainLoop
from gi.repository import GLib

MODE = sys.argv[1]
LIFELIKE = MODE == "lifelike"
SPEED = 1 if LIFELIKE else 4
LATE_MS = {"late": 3000, "lifelike": 25000}.get(MODE, 1)
DROP_MS, AWAY_MS = (150000, 5000) if LIFELIKE else (1500, 1000)
DEVICE = "/org/bluez/hci0/dev_A0_9E_1A_00_00_01"
PROPERTIES = "org.freedesktop.DBus.Properties"
CHARACTERISTIC = "org.bluez.GattCharacteristic1"
PMD = "fb005c8%d-02e7-f387-1cad-8acd2d8df0c8"
FRAME = {"mtu23": 3, "mtu70": 19, "mtu517": 73, "ppg": 36}.get(MODE, 20)  # 73 is what an H10 sends at most
RATE = {"fast": 132.6, "slow": 127.4, "ppg": 55.0}.get(MODE, 130.0)


class Node(dbus.service.Object):
    def __init__(self, bus, path, interface, properties):
        super().__init__(bus, path)
        self.path, self.interface, self.properties = path, interface, properties

    @dbus.service.signal(PROPERTIES, signature="sa{sv}as")
    def PropertiesChanged(self, interface, changed, invalidated):
        pass

    def set(self, **values):
        self.properties.update(values)
        self.PropertiesChanged(self.interface, dbus.Dictionary(values, signature="sv"), [])


class Characteristic(Node):
    def __init__(self, bus, path, uuid):
        super().__init__(bus, path, CHARACTERISTIC, {"UUID": uuid})
        self.notifying, self.socket, self.written = False, None, None

    @dbus.service.method(CHARACTERISTIC)
    def StartNotify(self):
        if MODE == "busy":
            raise dbus.exceptions.DBusException("Notify acquired", name="org.bluez.Error.NotPermitted")
        self.notifying = True

    @dbus.service.method(CHARACTERISTIC, in_signature="a{sv}", out_signature="hq")
    def AcquireNotify(self, options):
        if MODE in ("held", "busy"):
            raise dbus.exceptions.DBusException("held", name="org.bluez.Error.NotPermitted")
        mine, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        mine.setblocking(False)
        self.socket = mine
        return dbus.types.UnixFd(theirs.detach()), dbus.UInt16(int(MODE[3:]) if MODE.startswith("mtu") else 247)

    @dbus.service.method(CHARACTERISTIC, in_signature="aya{sv}")
    def WriteValue(self, value, options):
        self.written(bytes(value))

    @dbus.service.method(CHARACTERISTIC, in_signature="a{sv}", out_signature="ay")
    def ReadValue(self, options):
        return dbus.Array([dbus.Byte(87)], signature="y")

    def send(self, data):
        if self.socket:
            try:
                self.socket.send(data)
            except OSError:
                self.close()
        elif self.notifying:
            self.PropertiesChanged(CHARACTERISTIC, {"Value": dbus.Array(data, signature="y")}, [])

    def close(self):
        if self.socket:
            self.socket.close()
        self.socket, self.notifying = None, False


class Strap(Node):
    @dbus.service.method("org.bluez.Device1")
    def Connect(self):
        self.attempts += 1
        if self.gone or (MODE == "refuse" and self.attempts <= 2):
            raise dbus.exceptions.DBusException("not there", name="org.bluez.Error.Failed")
        self.set(Connected=dbus.Boolean(True))
        GLib.timeout_add(100, lambda: self.set(ServicesResolved=dbus.Boolean(True)))
        if MODE in ("drop", "lifelike") and self.attempts == 1:
            GLib.timeout_add(DROP_MS, self.drop)

    @dbus.service.method("org.bluez.Device1")
    def Disconnect(self):
        self.set(Connected=dbus.Boolean(False), ServicesResolved=dbus.Boolean(False))


class Root(dbus.service.Object):
    nodes = []

    @dbus.service.method("org.freedesktop.DBus.ObjectManager", out_signature="a{oa{sa{sv}}}")
    def GetManagedObjects(self):
        return dbus.Dictionary({node.path: {node.interface: dbus.Dictionary(node.properties, signature="sv")}
                                for node in self.nodes}, signature="oa{sa{sv}}")


def main():
    DBusGMainLoop(set_as_default=True)
    bus = dbus.bus.BusConnection(os.environ["DBUS_SYSTEM_BUS_ADDRESS"])
    name = dbus.service.BusName("org.bluez", bus)
    strap = Strap(bus, DEVICE, "org.bluez.Device1",
                  {"Alias": "Polar H10 0001", "Address": "A0:9E:1A:00:00:01", "Connected": dbus.Boolean(False),
                   "ServicesResolved": dbus.Boolean(False),
                   "UUIDs": dbus.Array(["0000180d-0000-1000-8000-00805f9b34fb"], signature="s")})
    strap.gone, strap.attempts = False, 0
    heart = Characteristic(bus, DEVICE + "/service1/char1", "00002a37-0000-1000-8000-00805f9b34fb")
    battery = Characteristic(bus, DEVICE + "/service2/char1", "00002a19-0000-1000-8000-00805f9b34fb")
    control = Characteristic(bus, DEVICE + "/service3/char1", PMD % 1)
    data = Characteristic(bus, DEVICE + "/service3/char2", PMD % 2)
    root = Root(bus, "/")
    root.nodes = [strap, heart, battery, control, data]
    state = {"frames": 0, "streaming": False}

    def begin():
        state["streaming"] = True

    def written(value):
        if value[:2] == (b"\x02\x01" if MODE == "ppg" else b"\x02\x00"):
            GLib.timeout_add(LATE_MS, begin)
        control.send(bytes([0xF0, 0x02, 0x00, 0x00, 0x00]))

    control.written = written

    def ppg_payload(first):
        """A reference sample, then differences of 8 bits; of the three LEDs and the ambient light"""
        payload = struct.pack("<i", first % 100)[:3] * 3 + bytes(3) + bytes([8, FRAME - 1])
        for i in range(first + 1, first + FRAME):
            payload += struct.pack("b", i % 100 - (i - 1) % 100) * 3 + bytes(1)
        return payload

    def send_data():
        if state["streaming"] and not strap.gone:
            k = state["frames"] = state["frames"] + 1
            last = k * FRAME - 1
            kind = (1, 0x80) if MODE == "ppg" else (0, 0)
            frame = struct.pack("<BQB", kind[0], 1000000000 + int(last / RATE * 1e9), kind[1])
            if MODE == "ppg":
                frame += ppg_payload((k - 1) * FRAME)
            else:
                for i in range((k - 1) * FRAME, k * FRAME):
                    frame += struct.pack("<i", i % 1000)[:3]
            if not (MODE == "gap" and k == 5):
                data.send(frame)
        return True

    def send_heart_rate():
        if not strap.gone:
            rr = struct.pack("<H", 819)  # 799.8 ms
            heart.send(bytes([0x10, 75]) + rr)
        return True

    def drop():
        strap.gone, state["streaming"] = True, False
        strap.Disconnect()
        heart.close()
        data.close()
        GLib.timeout_add(AWAY_MS, come_back)

    def come_back():
        strap.gone = False

    GLib.timeout_add(max(int(1000 * FRAME / RATE / SPEED), 1), send_data)
    GLib.timeout_add(800 // SPEED, send_heart_rate)
    strap.drop = drop
    print("ready", flush=True)
    GLib.MainLoop().run()
    del name


main()

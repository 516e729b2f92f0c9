"""Makes a model ready for the server, in the server's own image: prepare_model.py LAYOUT DETAIL SERVER SOURCE TARGET.

LAYOUT is `pickle` or `file`, whose DETAIL are the endings that the model's file may have (.joblib,.pkl); `folder`, whose
DETAIL is a file that it must hold, if not empty; or `weights`, a folder with a config.json and files of weights, whose
endings are the DETAIL. SERVER is the Python module that serves. SOURCE is a file or folder, or a .zip archive that is
unpacked beside TARGET. What must be there is checked without running any of the model's code; then TARGET becomes a link
to what the server loads. Started again, it does the same once more. The reason of a failure is the container's termination
message.
"""

import importlib.util
import os
import shutil
import sys
import zipfile
from importlib import metadata

TERMINATION_LOG = "/dev/termination-log"  # in containers alone


SERVERS = {"mlserver": "MLServer", "huggingfaceserver": "Hugging Face server of KServe"}


class Unfit(Exception):
    pass


def prepare(layout, detail, server, source, target):
    if source.endswith(".zip"):
        source = unpack(source, os.path.join(os.path.dirname(target), "unpacked"))
    if not os.path.exists(source):
        raise Unfit(f"there is nothing at {source}; correct `path`")
    if not importable(server):
        raise Unfit(f"the image's `python` has no {SERVERS[server]}; use an image that has it")
    model = find(layout, detail, source)
    link(model, target)
    print(f"the model is {model}")


def find(layout, detail, source):
    if layout == "weights":
        return weights_model(source, detail.split(","))
    if layout == "folder":
        return folder_model(source, detail)
    model = file_model(source, detail.split(","))
    if layout == "pickle":
        check_pickle(model)
    return model


def unpack(archive, folder):
    unfinished = folder + ".unfinished"
    for old in (unfinished, folder):
        shutil.rmtree(old, ignore_errors=True)
    with zipfile.ZipFile(archive) as opened:
        opened.extractall(unfinished)
    os.rename(unfinished, folder)
    return folder


def file_model(source, endings):
    return os.path.join(source, only_model(source, endings)) if os.path.isdir(source) else source


def check_pickle(file):
    import read_pickle

    try:
        report = read_pickle.read(file)
    except read_pickle.Unreadable as error:
        raise Unfit(f"{os.path.basename(file)} cannot be loaded: {error}")
    missing = [name for name in report["modules"] if name != "__main__" and not importable(name)]
    if "__main__" in report["modules"]:
        raise Unfit(
            "the model names a class or function of the script or notebook that saved it (`__main__`), which the server "
            "does not have; move it into a package that is in the image, and save the model again"
        )
    if missing:
        raise Unfit(f"the model imports {', '.join(missing)}, which the image does not have; use an image that has it")
    if report["sklearn"]:
        refuse_skew("scikit-learn", report["sklearn"], 2)


def importable(name):
    return name in sys.builtin_module_names or importlib.util.find_spec(name) is not None


def only_model(folder, endings):
    names = sorted(os.listdir(folder))
    if "MLmodel" in names:
        raise Unfit('this is an MLflow model (it holds an MLmodel file): use kind "mlflowserve"')
    refuse_environment(names)
    for ending in endings:
        if f"model{ending}" in names:
            return f"model{ending}"
    models = [name for name in names if name.endswith(tuple(endings))] if len(names) > 1 else names
    if not models:
        raise Unfit(f"it holds no {', '.join(endings)} file, but {', '.join(names[:8]) or 'nothing'}")
    if len(models) > 1:
        raise Unfit(f"it holds several models ({', '.join(models)}): give the file to serve in `path`")
    return models[0]


def folder_model(folder, holds):
    names_in(folder, holds)
    meet_requirements(folder)
    return folder


def weights_model(folder, endings):
    names = names_in(folder, "config.json")
    if not any(name.endswith(tuple(endings)) for name in names):
        raise Unfit(f"it holds no weights (no {' or '.join(endings)} file), but {', '.join(names[:8])}")
    closed = [name for name in names if not os.access(os.path.join(folder, name), os.R_OK)]
    if closed:
        raise Unfit(f"user {os.getuid()} may not read {', '.join(closed)} in it; `save_pretrained` leaves weights to their owner")
    return folder


def names_in(folder, holds):
    if not os.path.isdir(folder):
        raise Unfit(f"it is a file; give the folder that holds {f'the {holds} file' if holds else 'it'} in `path`")
    names = sorted(os.listdir(folder))
    if holds and holds not in names:
        raise Unfit(f"it holds no {holds} file, but {', '.join(names[:8]) or 'nothing'}")
    refuse_environment(names)
    return names


def meet_requirements(folder):
    import requirements as asked

    wanted = asked.read(folder)
    here = f"{sys.version_info.major}.{sys.version_info.minor}"
    if wanted.python not in (None, here):
        skewed(f"it was saved with Python {wanted.python}, and the image has {here}: use an image with Python {wanted.python}")
    if wanted.skops and not asked.reads_skops():
        skewed(
            f"its estimator is saved in the format skops, which the image's mlflow {metadata.version('mlflow')} cannot read: "
            'save it by `save_model(…, serialization_format="cloudpickle")`, or use an image with mlflow 3'
        )
    for requirement, version in asked.different(wanted.requirements):
        problem = f"it asks for {requirement}, and the image has {version}"
        if asked.breaks(requirement, version):
            skewed(f"{problem}: use an image that has it")
        else:
            print(f"warning: {problem}; use an image that has it if the model fails")
    add_requirements(asked, asked.absent(wanted.requirements), wanted.foreign, os.environ.get("INSTALL_REQUIREMENTS_INTO"))


def add_requirements(asked, absent, foreign, environment):
    """Installs what the image lacks altogether, or says what it is."""
    if foreign:
        problem = f"its requirements have {', '.join(foreign)}, which cannot be installed here"
        if environment:
            raise Unfit(f"{problem}: use an image that has it, or name releases with wheels in their place")
        print(f"warning: {problem}; use an image that has it if the model fails")
    if not absent:
        return
    names = ", ".join(map(str, absent))
    if not environment:
        print(f"warning: it asks for {names}, and the image has none; set `installRequirements`, or use an image that has it")
        return
    print(f"installing {names}", flush=True)
    failure = asked.install(absent, environment)
    if failure:
        raise Unfit(f"{names} cannot be installed beside the image's packages: {failure}")


def refuse_environment(names):
    if "environment.tar.gz" in names:
        raise Unfit(
            "it holds environment.tar.gz, a packed Python environment, which is not used; take it out, and use an image "
            "that has what the model needs"
        )


def refuse_skew(package, saved, parts):
    """A version is known to break what another one saved when one of its first `parts` numbers differs."""
    here = metadata.version(package)
    if here.split(".")[:parts] != saved.split(".")[:parts]:
        skewed(f"the model was saved with {package} {saved}, and the image has {here}: use an image with {saved}")


def skewed(problem):
    if os.environ.get("ALLOW_VERSION_SKEW") != "true":
        raise Unfit(f"{problem}, or set `allowVersionSkew` if you know that it works")
    print(f"warning: {problem}; it may fail, or predict something else")


def link(model, target):
    unfinished = target + ".unfinished"
    if os.path.lexists(unfinished):
        os.remove(unfinished)
    os.symlink(model, unfinished)
    os.replace(unfinished, target)


def explained(reason):
    if os.path.exists(TERMINATION_LOG):
        with open(TERMINATION_LOG, "w", encoding="utf-8") as log:
            log.write(reason)
    return reason


if __name__ == "__main__":
    try:
        prepare(*sys.argv[1:])
    except Unfit as unfit:
        sys.exit(explained(f"The model cannot be served: {unfit}."))

"""Tells what a pickled model needs, without loading it: prints one JSON object, or an error in one line and exit code 2.

The file is walked by Python's own pickle machine with every name that it imports replaced by an inert stand-in, so
nothing of the model's code, and no function that it names, is ever called. joblib writes the bytes of arrays between the
opcodes, behind a NumpyArrayWrapper; they are skipped by the size that its state gives (joblib/numpy_pickle.py).
"""

import bz2
import gzip
import io
import json
import lzma
import pickle
import re
import sys
import zlib
from _compat_pickle import IMPORT_MAPPING, NAME_MAPPING

OPENERS = {  # by the first bytes, as joblib does (joblib/compressor.py)
    b"\x1f\x8b": gzip.open,
    b"BZ": bz2.open,
    b"\xfd7zXZ\x00": lzma.open,
    b"\x5d\x00": lzma.open,
}
CHUNK = 1 << 20


class Unreadable(Exception):
    pass


class StandIn:
    """Takes the place of anything that the pickle imports, makes or changes."""

    module = name = ""

    def __new__(cls, *args, **kwargs):
        made = object.__new__(cls)
        made.args = args
        made.state = None
        return made

    def __init__(self, *args, **kwargs):
        pass

    def __call__(self, *args, **kwargs):
        return StandIn(*args)

    def __setstate__(self, state):
        self.state = state

    def __setitem__(self, key, value):
        pass

    def append(self, item):
        pass

    def extend(self, items):
        pass

    def add(self, item):
        pass


class Walker(pickle._Unpickler):
    def __init__(self, file, found):
        super().__init__(file)
        self.file, self.found = file, found

    def find_class(self, module, name):
        if self.proto < 3:  # names of Python 2, as pickle itself maps them
            module, name = NAME_MAPPING.get((module, name), (module, name))
            module = IMPORT_MAPPING.get(module, module)
        self.found["modules"].add(module)
        return type("StandIn", (StandIn,), {"module": module, "name": name})

    def persistent_load(self, pid):
        return StandIn()

    dispatch = dict(pickle._Unpickler.dispatch)

    def load_build(self):
        state, target = self.stack[-1], self.stack[-2]
        if isinstance(state, dict) and "_sklearn_version" in state:
            self.found["sklearn"].append(str(state["_sklearn_version"]))
        if not isinstance(target, StandIn):  # never the setstate of a real object
            self.stack.pop()
            return
        pickle._Unpickler.load_build(self)
        if target.name == "NumpyArrayWrapper":
            self.skip_array(state)

    dispatch[pickle.BUILD[0]] = load_build

    def load_newobj(self):
        args = self.stack.pop()
        made = self.stack[-1] if is_class(self.stack[-1]) else StandIn
        self.stack[-1] = made(*args)

    dispatch[pickle.NEWOBJ[0]] = load_newobj

    def load_newobj_ex(self):
        self.stack.pop()
        self.load_newobj()

    dispatch[pickle.NEWOBJ_EX[0]] = load_newobj_ex

    def skip_array(self, state):
        dtype = state["dtype"]
        if str(dtype.args[0]).startswith("O"):  # an array of objects is a pickle of its own
            Walker(self.file, self.found).load()
            return
        count = 1
        for length in state["shape"]:
            count *= length
        if state.get("numpy_array_alignment_bytes") is not None:
            skip(self.file, self.file.read(1)[0])
        skip(self.file, count * item_size(dtype))


def is_class(value):
    return isinstance(value, type) and issubclass(value, StandIn)


def item_size(dtype):
    kind, size = re.fullmatch(r"[<>|=]?([a-zA-Z])(\d+)", str(dtype.args[0])).groups()
    if isinstance(dtype.state, tuple) and len(dtype.state) > 5 and dtype.state[5] > 0:
        return dtype.state[5]
    return int(size) * (4 if kind == "U" else 1)


def skip(file, count):
    while count > 0:
        read = len(file.read(min(count, CHUNK)))
        if read == 0:
            raise EOFError
        count -= read


def open_model(path):
    file = open(path, "rb")
    start = file.peek(6)
    for magic, opener in OPENERS.items():
        if start.startswith(magic):
            return io.BufferedReader(opener(file))
    if start[:1] == b"\x78":
        return io.BytesIO(zlib.decompress(file.read()))
    if start.startswith(b"PK\x03\x04"):
        raise Unreadable("it is not a pickle but a ZIP archive, as PyTorch and Keras write")
    if start.startswith(b"\x04\x22\x4d\x18"):
        raise Unreadable("it is compressed with LZ4, which cannot be read here; save it with joblib's compress=('zlib', 3)")
    return file


def read(path):
    found = {"modules": set(), "sklearn": []}
    sys.setrecursionlimit(100_000)
    try:
        with open_model(path) as file:
            Walker(file, found).load()
    except Unreadable:
        raise
    except (EOFError, zlib.error, lzma.LZMAError, pickle.UnpicklingError) as error:
        if isinstance(error, EOFError) or "exhausted" in str(error) or "truncated" in str(error):
            raise Unreadable("it is cut: the file ends in the middle of the pickle; copy or save it again")
        raise Unreadable(f"it is not a pickle ({error})")
    except Exception as error:
        raise Unreadable(f"it is not a pickle ({type(error).__name__}: {error})")
    return {
        "modules": sorted({module.partition(".")[0] for module in found["modules"]}),
        "numpy2": any(module.startswith("numpy._core") for module in found["modules"]),
        "sklearn": found["sklearn"][0] if found["sklearn"] else None,
    }


if __name__ == "__main__":
    try:
        print(json.dumps(read(sys.argv[1])))
    except Unreadable as error:
        print(error, file=sys.stderr)
        sys.exit(2)

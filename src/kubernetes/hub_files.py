"""The files of a repo of the Hugging Face Hub: which of them a server loads, and what of them has come into FETCHED."""

import hashlib
import os
import re
from collections import defaultdict, namedtuple

from hub_errors import Refused, patiently
from hub_output import REPO, SHOWN

FETCHED = os.environ["FETCHED"]
SILENCE = 60  # seconds without a byte after which a connection is given up

# The names under which a folder has its weights, the preferred ones first: whole, or in parts that an index lists.
WEIGHTS = (("model", ".safetensors"), ("pytorch_model", ".bin"))
WEIGHT_ENDINGS = tuple(ending + index for _, ending in WEIGHTS for index in ("", ".index.json"))

# What no server of safetensors or .bin loads: the same weights for other programs, states of training, pictures.
OTHER_ENDINGS = tuple(
    ".h5 .h5.index.json .msgpack .msgpack.index.json .ot .pb .onnx .onnx_data .onnx.data .pt .pth .ckpt .gguf .ggml "
    ".llamafile .tflite .litertlm .task .pte .mlmodel .mlpackage .mlmodelc .nemo .pdparams .engine "
    ".png .jpg .jpeg .gif .webp .svg .mp4 .mp3 .wav .pdf .ipynb".split()
)
OTHER_FOLDERS = set("onnx openvino coreml original metal gguf ggml tflite flax tf runs logs".split())
OTHER_NAMES = re.compile(r"\.|consolidated\b.*\.(safetensors|bin)$|checkpoint-\d+$|global_step\d+$")

TOKENIZERS = re.compile(
    r"(tokenizer|vocab|merges|special_tokens_map|added_tokens|chat_template|bpe\.codes)[^/]*$|[^/]+\.(model|tiktoken)$"
)

# `digest` is the sha256 of a large file, the id of git's blob of a small one, or nothing where the Hub does not tell.
File = namedtuple("File", "name size digest url")


def files_at_commit(revision):
    """The commit that a revision names, and its files."""
    from huggingface_hub import HfApi, hf_hub_url

    ask = {"revision": revision or None, "files_metadata": True, "timeout": SILENCE}
    info = patiently(lambda: HfApi().model_info(REPO, **ask))
    files = []
    for sibling in info.siblings or []:
        name, large = sibling.rfilename, sibling.lfs
        if os.path.isabs(name) or ".." in name.split("/"):
            raise Refused(f"{SHOWN} holds a file with the name {name}, which leads out of its folder.")
        digest = large["sha256"] if large else sibling.blob_id
        files.append(File(name, sibling.size, digest, hf_hub_url(REPO, name, revision=info.sha)))
    return info.sha, files


def with_size(file):
    """Mirrors of the Hub may tell sizes and digests with the files alone."""
    if file.size is not None:
        return file
    from huggingface_hub import get_hf_file_metadata

    found = patiently(lambda: get_hf_file_metadata(file.url, timeout=SILENCE))
    return file._replace(size=found.size or 0, digest=found.etag)


def with_tokenizer_of(others, files):
    """Files, of which those of the tokenizer are others."""
    return [
        *(file for file in files if not TOKENIZERS.match(file.name)),
        *(file for file in others if TOKENIZERS.match(file.name)),
    ]


def chosen(names, parts_in):
    """The names of the files to fetch. `parts_in` reads out of an index of weights which files they are."""
    names = sorted(name for name in names if not is_for_others(name))
    if "config.json" not in names:
        raise unfit("config.json", names)
    folders = defaultdict(list)
    for name in names:
        folders[os.path.dirname(name)].append(name)
    weights = {folder: weights_of(folder, inside, parts_in) for folder, inside in folders.items()}
    if not weights[""]:
        raise unfit("weights as .safetensors or pytorch_model.bin", names)
    rest = [name for name in names if not name.endswith(WEIGHT_ENDINGS)]
    return rest + [name for found in weights.values() for name in found]


def is_for_others(name):
    parts = name.lower().split("/")
    others = (part for part in parts if part.endswith(OTHER_ENDINGS) or OTHER_NAMES.match(part))
    return any(others) or not OTHER_FOLDERS.isdisjoint(parts[:-1])


def weights_of(folder, names, parts_in):
    for stem, ending in WEIGHTS:
        whole = os.path.join(folder, stem + ending)
        if whole in names:
            return [whole]
        index = whole + ".index.json"
        if index in names:
            parts = sorted({os.path.join(folder, part) for part in parts_in(index)})
            for part in parts:
                if part not in names:
                    raise Refused(f"The model cannot be served: {index} names {part}, which the repo does not hold.")
            return [index, *parts]
        start = os.path.join(folder, "" if ending == ".safetensors" else stem)
        loose = [name for name in names if name.startswith(start) and name.endswith(ending)]
        if loose:
            return loose
    return []


def unfit(lacks, names):
    top = [name for name in names if "/" not in name] or names
    return Refused(f"The model cannot be served: the repo holds no {lacks}, but {', '.join(top[:8]) or 'nothing'}.")


def target(file):
    return os.path.join(FETCHED, *file.name.split("/"))


def unfinished(file):
    return f"{target(file)}.{(file.digest or 'of')[:12]}.unfinished"


def came_of(file):
    """How many bytes have come."""
    return size_of(target(file)) or size_of(unfinished(file))


def size_of(path):
    try:
        return os.path.getsize(path)
    except FileNotFoundError:
        return 0


def is_whole(path, file):
    if not os.path.isfile(path) or size_of(path) != file.size:
        return False
    digest = file.digest or ""
    if len(digest) == 64:
        return digest_of(path, hashlib.sha256()) == digest
    if len(digest) == 40:
        git = hashlib.sha1(b"blob %d\0" % file.size, usedforsecurity=False)
        return digest_of(path, git) == digest
    return True


def digest_of(path, digest):
    with open(path, "rb") as opened:
        while block := opened.read(2**20):
            digest.update(block)
    return digest.hexdigest()

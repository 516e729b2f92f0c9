"""Fetches the model MODEL_PATH (hf://org/repo@revision) of the Hugging Face Hub into the folder FETCHED.

Of the repo it takes what a server loads: the weights as safetensors, or as PyTorch's .bin where there are none, and
what goes with them; nothing if that has more than MODEL_SIZE bytes. All is of the commit that the revision names at
first. Files are checked by their digests; started again, it fetches only what is missing. It runs in the server's own
image, with huggingface_hub from 0.23 on, which reads HF_TOKEN, HF_ENDPOINT, proxies and authorities. The reason of a
failure is the container's termination message.
"""

import json
import logging
import os
import signal
import threading
import time
import warnings
from concurrent.futures import ThreadPoolExecutor, as_completed

from hub_errors import Damaged, Refused, patiently, reason
from hub_files import (
    FETCHED,
    SILENCE,
    came_of,
    chosen,
    files_at_commit,
    is_whole,
    size_of,
    target,
    unfinished,
    with_size,
    with_tokenizer_of,
)
from hub_output import REVISION, SHOWN, first_line, hidden, human, say

TERMINATION_LOG = "/dev/termination-log"  # in containers alone
TOKENIZER_REVISION = os.environ.get("TOKENIZER_REVISION")  # of the tokenizer's files, if it is another one
TRANSFERS = 4  # files at once


def fetch():
    prepare_library()
    say(f"asking for the files of {SHOWN}")
    commit, files = files_at_commit(REVISION)
    if TOKENIZER_REVISION:
        of_tokenizer, others = files_at_commit(TOKENIZER_REVISION)
        files = with_tokenizer_of(others, files)
        commit += f", the tokenizer's of {of_tokenizer}"
    by_name = {file.name: file for file in files}
    names = chosen(by_name, lambda index: parts_in(by_name[index]))
    wanted = [with_size(by_name[name]) for name in names]
    size = sum(file.size for file in wanted)
    limit = int(float(os.environ["MODEL_SIZE"]))
    if size > limit:
        raise Refused(f"model is {human(size)}, modelSize is {human(limit)}: set `modelSize` to more.")
    remove_all_but({path for file in wanted for path in (target(file), unfinished(file))})
    say(f"fetching {len(wanted)} files, {human(size)}, of commit {commit}")
    fetch_all(wanted, size)
    say("fetched")


def prepare_library():
    """Settings of huggingface_hub, which it reads when it is imported."""
    environment = os.environ
    environment["HF_HUB_ENABLE_HF_TRANSFER"] = "0"  # it knows neither time limits nor parts of files
    environment["HF_HUB_DISABLE_PROGRESS_BARS"] = "1"
    environment.setdefault("HF_HUB_DOWNLOAD_TIMEOUT", str(SILENCE))
    endpoint = environment.pop("HF_ENDPOINT", "").rstrip("/")
    if endpoint:
        environment["HF_ENDPOINT"] = endpoint
    warnings.simplefilter("ignore")
    try:
        from huggingface_hub import __version__ as version
    except ImportError:
        raise Refused("The image's `python` has no huggingface_hub: use an image that has it.")
    if tuple(map(int, version.split(".")[:2])) < (0, 23):
        raise Refused(f"The image has huggingface_hub {version}: use an image with 0.23 or later.")
    import huggingface_hub.utils.logging  # which sets the logger up

    logger = logging.getLogger("huggingface_hub")
    logger.handlers = [Said()]


class Said(logging.Handler):
    """Shows what huggingface_hub has to say, which names URLs."""

    def emit(self, record):
        say(" ".join(record.getMessage().split()))


def parts_in(index):
    index = with_size(index)
    fetch_one(index)
    try:
        with open(target(index), encoding="utf-8") as opened:
            return set(json.load(opened)["weight_map"].values())
    except (ValueError, LookupError, AttributeError, TypeError) as error:
        raise Refused(f"The model cannot be served: {index.name} is no index of weights ({first_line(error)}).")


def remove_all_but(paths):
    """What an earlier start left of another commit takes room, and must not be served."""
    for folder, _, names in os.walk(FETCHED, topdown=False):
        for name in names:
            if os.path.join(folder, name) not in paths:
                os.remove(os.path.join(folder, name))
        if folder != FETCHED and not os.listdir(folder):
            os.rmdir(folder)


def fetch_all(files, size):
    ended = threading.Event()
    progress = threading.Thread(target=tell_progress, args=(files, size, ended), daemon=True)
    progress.start()
    transfers = ThreadPoolExecutor(TRANSFERS)
    for transfer in as_completed([transfers.submit(fetch_one, file) for file in files]):
        transfer.result()
    ended.set()
    progress.join()


def tell_progress(files, size, ended):
    """In the form that src/readiness/fetchProgress.ts reads, which is rclone's."""
    start, before = time.monotonic(), sum(map(came_of, files))
    while True:
        last = ended.wait(2)
        now = sum(map(came_of, files))
        rate = (now - before) / max(time.monotonic() - start, 0.001)
        percent = int(100 * now / size) if size else 100
        say(f"{human(now)} / {human(size)}, {percent}%, {human(int(rate))}/s")
        if last:
            return


def fetch_one(file):
    if is_whole(target(file), file):
        return
    os.makedirs(os.path.dirname(target(file)), exist_ok=True)
    patiently(lambda: receive(file, unfinished(file)), lambda: size_of(unfinished(file)))
    os.replace(unfinished(file), target(file))


def receive(file, path):
    """Adds what is missing of a file to what has come of it, and looks whether that is the file."""
    from huggingface_hub.file_download import http_get  # hf_hub_download of 1.x begins a file anew after a restart
    from huggingface_hub.utils import build_hf_headers

    with open(path, "ab") as opened:
        has = opened.tell()
        if has < file.size:
            # Parts of files that are packed on the way cannot be joined.
            headers = {**build_hf_headers(), "Accept-Encoding": "identity"}
            http_get(file.url, opened, resume_size=has, headers=headers)
    if is_whole(path, file):
        return
    size = size_of(path)
    if size < file.size:
        raise Damaged(f"only {human(size)} of the {human(file.size)} of {file.name} came")
    os.remove(path)
    raise Damaged(f"what came of {file.name} is not what the Hub has")


def fail(message):
    say(message)
    if os.path.exists(TERMINATION_LOG):
        with open(TERMINATION_LOG, "w", encoding="utf-8") as log:
            log.write(hidden(message))
    os._exit(1)  # without waiting for the other transfers


if __name__ == "__main__":
    # The first process of a container ends on no signal that it does not handle.
    signal.signal(signal.SIGTERM, lambda *_: os._exit(143))
    try:
        fetch()
    except Refused as refused:
        fail(str(refused))
    except Exception as error:
        fail(f"The model cannot be fetched from {SHOWN}: {reason(error)}")

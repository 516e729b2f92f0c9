"""What is said of the model MODEL_PATH of the Hugging Face Hub, without what is secret.

SHOWN_PATH stands for a path that is a secret.
"""

import os
import re
import sys
from urllib.parse import quote

PATH = os.environ["MODEL_PATH"]
SHOWN = os.environ.get("SHOWN_PATH") or PATH
REPO, _, REVISION = PATH.split("://", 1)[-1].partition("@")
REPO = REPO.strip("/")


def say(text):
    sys.stdout.write(f"{hidden(text)}\n")
    sys.stdout.flush()


def hidden(text):
    """Keeps tokens, the signatures in URLs and a secret path out of what is shown."""
    text = re.sub(r"(https?://)[^/@\s]+@", r"\1", text)
    text = re.sub(r"\?[\w.~%-]+=[^\s'\")]*", "", text)
    for secret in os.environ.get("HF_TOKEN", "").split():
        text = text.replace(secret, "…")
    if SHOWN != PATH:
        for secret in (PATH, PATH.split("://", 1)[-1], REPO, quote(REPO, safe="")):
            text = text.replace(secret, SHOWN)
        if REVISION:
            spelled = f"{re.escape(REVISION)}|{re.escape(quote(REVISION, safe=''))}"
            text = re.sub(rf"(?<![\w.-])({spelled})(?![\w.-])", "…", text)
    return text


def human(size):
    for unit in ("B", "Ki", "Mi", "Gi"):
        if size < 1024:
            break
        size /= 1024
    else:
        unit = "Ti"
    return f"{size:.0f}{unit}" if size == int(size) else f"{size:.1f}{unit}"


def first_line(error):
    if isinstance(error, OSError) and error.strerror:
        return str(error.strerror)
    return (str(error).strip() or type(error).__name__).split("\n")[0]

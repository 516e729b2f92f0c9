"""Why a model of the Hugging Face Hub cannot be fetched, what to do, and what may pass by itself.

Exceptions are known by their names, since those of huggingface_hub are in other modules in other versions, and those of
connections are of requests or of httpx.
"""

import os
import time
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from hub_output import PATH, REVISION, SHOWN, first_line, say

PAUSES = (1, 3)  # seconds before what may pass by itself is tried again
NO_SPACE = (28, 122)  # ENOSPC, EDQUOT


class Refused(Exception):
    """What is not fetched, in a whole sentence."""


class Damaged(Exception):
    """What came is not what the Hub has."""


def patiently(action, came=lambda: 0):
    """Tries again what may pass by itself, for as long as more comes of it."""
    pauses, before = iter(PAUSES), came()
    while True:
        try:
            return action()
        except Exception as error:
            if came() > before:
                pauses, before = iter(PAUSES), came()
            pause = next(pauses, None)
            if pause is None or not may_pass(error):
                raise
            say(f"trying again: {reason(error)}")
            time.sleep(pause)


def may_pass(error):
    status = status_of(error)
    if status is not None:
        return status in (408, 429) or status >= 500
    return isinstance(error, Damaged) or (is_unreachable(error) and not certificate_problem(error))


def reason(error):
    """The end of a sentence that names the model, and what to do."""
    host = host_of(error)
    if isinstance(error, Damaged):
        return f"{error}."
    if any(getattr(each, "errno", None) in NO_SPACE for each in chain(error)):
        return "no space is left for it. Set `modelSize` to more, or free the node's disk."
    untrusted = certificate_problem(error)
    if untrusted:
        return f"failed to verify certificate of {host}: {untrusted}. Give its authority in `storage.caCertificate`."
    answer = answer_of(error, host)
    if answer:
        return answer
    if is_unreachable(error):
        way = " through the proxy" if is_proxied(host) else ""
        return f"{host} cannot be reached{way}: {first_line(chain(error)[-1])}."
    return f"{type(error).__name__}: {first_line(error)}"


def answer_of(error, host):
    """What the Hub's answer means, where it gave one."""
    names, status = names_of(error), status_of(error)
    token = bool(os.environ.get("HF_TOKEN", "").strip())
    said = (getattr(error, "server_message", None) or "").strip().split("\n")[0]
    if status is None:
        return None
    if "GatedRepoError" in names:
        if not token:
            return "it is gated, and needs the token of an account with access. Set `huggingface.token`."
        return f"it is gated, and the account of `huggingface.token` has no access. {said or f'Ask for it at {host}.'}"
    if "RevisionNotFoundError" in names:
        return no_revision(unquote(url_of(error)).partition("/revision/")[2].partition("?")[0])
    if status == 401 and "Invalid credentials" in f"{error} {said}":
        return f"{host} does not know the token. Correct `huggingface.token`."
    if "RepositoryNotFoundError" in names or (status == 404 and "EntryNotFoundError" not in names):
        if token:
            return "there is no such model, or the token may not read it. Correct `path`, or `huggingface.token`."
        return "there is no such model, or it is private or gated. Correct `path`, or set `huggingface.token`."
    if status in (401, 403):
        return f"{host} denies access ({status}): {said or first_line(error)}"
    if status == 429:
        return f"{host} gets too many requests (429). Wait, or set `huggingface.token`."
    if status >= 500:
        return f"{host} answers {status}. Wait, or see why it is busy, or down."
    return None


def no_revision(revision):
    argument = "path" if revision in ("", REVISION) else "huggingface.tokenizerRevision"
    which = f"revision {revision}" if revision and SHOWN == PATH else "such revision"
    return f"it has no {which}. Correct `{argument}`."


def is_unreachable(error):
    lost = {"ConnectionError", "Timeout", "ChunkedEncodingError", "TransportError"}
    return bool(names_of(error) & lost) and "OfflineModeIsEnabled" not in names_of(error)


def is_proxied(host):
    from huggingface_hub.constants import ENDPOINT

    proxies = getproxies()
    return any(scheme in proxies for scheme in (urlsplit(ENDPOINT).scheme, "all")) and not proxy_bypass(host)


def certificate_problem(error):
    for each in chain(error):
        if type(each).__name__ == "SSLCertVerificationError":
            return each.verify_message
    return None


def status_of(error):
    return getattr(getattr(error, "response", None), "status_code", None)


def host_of(error):
    """The host that was asked: the Hub, or the store of files to which it leads."""
    return urlsplit(url_of(error)).netloc.rpartition("@")[2]


def url_of(error):
    from huggingface_hub.constants import ENDPOINT

    response = getattr(error, "response", None)
    try:
        return str((error if response is None else response).request.url)
    except (AttributeError, RuntimeError):  # httpx raises the latter where there is none
        return ENDPOINT


def names_of(error):
    return {kind.__name__ for kind in type(error).__mro__}


def chain(error):
    """An exception and those that led to it."""
    found = []
    while error is not None and error not in found:
        found.append(error)
        error = error.__cause__ or error.__context__
    return found

"""Asks a server the sample request of its model: smoke_test.py MODEL_URL FILE [--end-server].

FILE holds `request`, `expected` (outputs of an answer, each with the `data`, `shape` and `datatype` that it must have),
`tolerance` and `timeLimit` in seconds, in JSON. A request of OpenAI's API (`prompt`, `messages` or `input`) is asked there;
its answer has the output `text`, or `embedding`. Exit codes: 0 for a right answer, 1 when there is none yet, 2 for a wrong
one. With --end-server, in a container, a wrong answer becomes its termination message and ends the server, process 1. A
server that was told so is not asked again: while it ends its answers mean nothing (MLServer stops its workers first).
"""

import http.client
import json
import math
import os
import signal
import sys
from urllib.parse import unquote, urlsplit

RIGHT, NOT_YET, WRONG = 0, 1, 2
TERMINATION_LOG = "/dev/termination-log"
READY_LIMIT = 5  # seconds
SHOWN = 5  # differences
INTEGERS = ["UINT8", "UINT16", "UINT32", "UINT64", "INT8", "INT16", "INT32", "INT64"]
OPENAI = {"messages": "chat/completions", "prompt": "completions", "input": "embeddings"}
FLOATS = ["FP16", "FP32", "FP64", "BF16"]


def ask(url, method, path, limit, body=None):
    connection = http.client.HTTPConnection(url.hostname, url.port, timeout=limit)
    try:
        connection.request(method, path, body, {"content-type": "application/json"} if body else {})
        answer = connection.getresponse()
        return answer.status, answer.read()
    finally:
        connection.close()


def check(model_url, sample):
    """What the model's answer is: an exit code, and a line for people."""
    url = urlsplit(model_url)
    limit = sample["timeLimit"]
    try:
        status, _ = ask(url, "GET", url.path + "/ready", min(READY_LIMIT, limit))
    except (OSError, http.client.HTTPException):
        return NOT_YET, "the server does not answer yet"
    if status != 200:
        return NOT_YET, f"HTTP probe failed with statuscode: {status}"  # as Kubernetes words it
    try:
        path, request = question(url, sample["request"])
        status, body = ask(url, "POST", path, limit, json.dumps(request))
    except TimeoutError:
        return NOT_YET, f"the sample request had no answer within {limit:g} s"
    except (OSError, http.client.HTTPException) as error:
        return NOT_YET, f"the sample request had no answer: {error or type(error).__name__}"
    text = body.decode("utf-8", "replace")
    if status != 200:
        return WRONG, f"it was answered by {status}: {text[:1000]}"
    outputs = outputs_of(text)
    if outputs is None:
        return WRONG, f"the answer is no inference response: {text[:1000]}"
    wrong = differences(outputs, sample)
    return (WRONG, "; ".join(shortened(wrong))) if wrong else (RIGHT, "the sample request was answered right")


def question(url, request):
    """Where a request is asked, and what it is there."""
    for member, path in OPENAI.items():
        if member in request:
            model = unquote(url.path.rsplit("/", 1)[1])
            return "/openai/v1/" + path, {"model": model, **request}
    return url.path + "/infer", request


def outputs_of(text):
    """The outputs of an inference response, or of OpenAI's; nothing where it is neither."""
    try:
        answer = json.loads(text)
        outputs = answer["outputs"] if "outputs" in answer else openai_outputs(answer)
    except (ValueError, LookupError, TypeError):
        return None
    sound = isinstance(outputs, list) and all(is_output(output) for output in outputs)
    return outputs if sound else None


def openai_outputs(answer):
    if "choices" in answer:
        texts = [choice["text"] if "text" in choice else choice["message"]["content"] for choice in answer["choices"]]
        return [{"name": "text", "datatype": "BYTES", "shape": [len(texts)], "data": texts}]
    vectors = [each["embedding"] for each in answer["data"]]
    return [{"name": "embedding", "datatype": "FP32", "shape": [len(vectors), len(vectors[0])], "data": vectors}]


def is_output(output):
    if not isinstance(output, dict) or not isinstance(output.get("data"), list):
        return False
    shape = output.get("shape")
    lengths = isinstance(shape, list) and all(isinstance(length, int) for length in shape)
    return lengths and isinstance(output.get("name"), str) and isinstance(output.get("datatype"), str)


def shortened(lines):
    more = len(lines) - SHOWN
    return lines[:SHOWN] + ([f"and {more} more differences"] if more > 0 else [])


def differences(outputs, sample):
    if not outputs:
        return ["the answer has no outputs"]
    named = {output["name"]: output for output in outputs}
    missing = [
        f"{wanted['name']}: expected this output, got {', '.join(named)}"
        for wanted in sample["expected"]
        if wanted["name"] not in named
    ]
    unsound = [line for output in outputs for line in unsoundness(output)]
    if missing or unsound:
        return missing + unsound
    return [
        line for wanted in sample["expected"] for line in compare(wanted, named[wanted["name"]], sample["tolerance"])
    ]


def unsoundness(output):
    """An answer must have as many values as its shape says, each of its datatype: a number where it says so."""
    name, shape, datatype = output["name"], output["shape"], output["datatype"]
    values = flat(output["data"])
    if math.prod(shape) != len(values):
        return [f"{name}: it has {len(values)} values, but the shape {shape}"]
    return [
        f"{name}{place(index, shape)}: {shown(value)} is not of {datatype}"
        for index, value in enumerate(values)
        if not fits(value, datatype)
    ]


def fits(value, datatype):
    if datatype in INTEGERS:
        return isinstance(value, int)
    if datatype in FLOATS:
        return isinstance(value, (int, float)) and math.isfinite(value)
    return value is not None


def compare(wanted, output, tolerance):
    name = wanted["name"]
    said = [
        f"{name}: expected {key} {shown(wanted[key])}, got {shown(output[key])}"
        for key in ("datatype", "shape")
        if key in wanted and wanted[key] != output[key]
    ]
    if said or "data" not in wanted:
        return said
    expected, actual = flat(wanted["data"]), flat(output["data"])
    if len(expected) != len(actual):
        return [f"{name}: expected {len(expected)} values, got {len(actual)}"]
    return [
        f"{name}{place(index, output['shape'])}: expected {shown(one)}, got {shown(other)}"
        for index, (one, other) in enumerate(zip(expected, actual))
        if not near(one, other, tolerance)
    ]


def near(expected, actual, tolerance):
    """Numbers may differ by `tolerance`, or by so much of the expected one where that is above 1."""
    if is_number(expected) and is_number(actual):
        return abs(expected - actual) <= tolerance * max(1, abs(expected))
    return expected == actual


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def flat(data):
    return [value for item in data for value in (flat(item) if isinstance(item, list) else [item])]


def place(index, shape):
    """Where a value is: [row][column]."""
    indices = []
    for length in reversed(shape):
        indices.append(f"[{index % length}]")
        index //= length
    return "".join(reversed(indices))


def shown(value):
    text = json.dumps(value)
    return text if len(text) <= 200 else text[:199] + "…"


def end_server(reason):
    with open(TERMINATION_LOG, "w", encoding="utf-8") as log:
        log.write(reason)
    os.kill(1, signal.SIGTERM)


def why_it_ends():
    with open(TERMINATION_LOG, encoding="utf-8") as log:
        return log.read()


def main(model_url, file, ends_server):
    if ends_server and (reason := why_it_ends()):
        return WRONG, reason
    with open(file, encoding="utf-8") as opened:
        code, words = check(model_url, json.load(opened))
    if code == WRONG:
        words = f"The sample request was answered wrong: {words}"
        if ends_server:
            end_server(words)
    return code, words


if __name__ == "__main__":
    exit_code, line = main(*sys.argv[1:3], ends_server="--end-server" in sys.argv)
    print(line)
    sys.exit(exit_code)

"""Runs a server fit for a pod: serve.py mlserver SETTINGS, serve.py huggingfaceserver OPTION..., and serve.py --part SECONDS.

It parts from its clients before it ends. A client that keeps its connection goes on using it when its pod has been taken
out of the Service, and loses what it sends while the server closes it. So from --part on, which runs for SECONDS before the
server is told to end, each answer asks its client to connect anew (`Connection: close`), which leads to another pod.

And MLServer does not let new connections, probes among them, wait for all requests that came before. Without worker
processes a prediction keeps the event loop from all else, and the loop takes up one new connection each time around (uvloop), having
run all that is ready: with n requests under way, n predictions. So predictions take turns with the loop.
"""

import asyncio
import os
import runpy
import signal
import sys
import time

parting = False


class Parting:
    """Middleware that closes connections after their answers, once the server is parting."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        async def send_last(message):
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message.get("headers", []), (b"connection", b"close")]}
            await send(message)

        await self.app(scope, receive, send_last if parting and scope["type"] == "http" else send)


class Turns:
    """Lets predictions of some milliseconds in all go ahead each time that the event loop comes around."""

    MILLISECONDS = 20

    def __init__(self):
        self.began = None

    async def take(self):
        while self.began is not None and time.monotonic() - self.began > self.MILLISECONDS / 1000:
            await asyncio.sleep(0)
        if self.began is None:
            self.began = time.monotonic()
            asyncio.get_running_loop().call_soon(self.end)  # which is when the loop has come around

    def end(self):
        self.began = None


def serve(server, *arguments):
    part_from_clients()
    if server == "mlserver":
        from mlserver.cli import main

        take_turns()
        sys.argv = ["mlserver", "start", *arguments]
        main()
    else:
        sys.argv = [server, *arguments]
        runpy.run_module(server, run_name="__main__", alter_sys=True)  # as `python -m`


def part_from_clients():
    """All servers here are uvicorn's: it asks for its application, whatever that is, once it has its settings."""
    import uvicorn

    load = uvicorn.Config.load

    def load_parting(config):
        load(config)
        config.loaded_app = Parting(config.loaded_app)
        config.timeout_graceful_shutdown = None  # requests under way have the time that Kubernetes gives the pod

    uvicorn.Config.load = load_parting
    signal.signal(signal.SIGUSR1, part)


def take_turns():
    from mlserver.handlers.dataplane import DataPlane

    turns, infer = Turns(), DataPlane.infer

    async def infer_in_turn(*args, **kwargs):
        await turns.take()
        return await infer(*args, **kwargs)

    DataPlane.infer = infer_in_turn


def part(*_):
    global parting
    parting = True


def tell_to_part(seconds):
    os.kill(1, signal.SIGUSR1)
    time.sleep(float(seconds))


if __name__ == "__main__":  # and not in the worker processes, which load this file as well
    if sys.argv[1] == "--part":
        tell_to_part(sys.argv[2])
    else:
        serve(*sys.argv[1:])

"""Runs MLServer so that it parts from its clients before it ends: serve.py SETTINGS, and serve.py --part SECONDS.

A client that keeps its connection goes on using it when its pod has been taken out of the Service, and loses what it sends
while the server closes it. So from --part on, which runs for SECONDS before the server is told to end, each answer asks its
client to connect anew (`Connection: close`), which leads to another pod.
"""

import os
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


def serve(settings):
    from mlserver.cli import main
    from mlserver.rest import server

    create_app = server.create_app

    def create_parting_app(*args, **kwargs):
        app = create_app(*args, **kwargs)
        app.add_middleware(Parting)
        return app

    server.create_app = create_parting_app
    signal.signal(signal.SIGUSR1, part)
    sys.argv = ["mlserver", "start", settings]
    main()


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
        serve(sys.argv[1])

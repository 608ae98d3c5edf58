"""A queue for each client, under Starlette and uvicorn: prints the port on which it listens."""

import asyncio
import os
import socket
import sys
import threading

import uvicorn
from sse_starlette.sse import EventSourceResponse
from starlette.applications import Starlette
from starlette.responses import PlainTextResponse
from starlette.routing import Route

data = sys.argv[1]
clients = set()


async def events():
    """What is published from now on."""
    queue = asyncio.Queue()
    clients.add(queue)
    try:
        while True:
            yield await queue.get()
    finally:
        clients.discard(queue)


async def fan_out(request):
    return EventSourceResponse(events(), ping=30, sep="\n")


async def publish(request):
    for _ in range(request.path_params["count"]):
        for queue in clients:
            queue.put_nowait({"data": data})
    return PlainTextResponse("ok")


def exit_with_parent():
    sys.stdin.read()
    os._exit(0)


threading.Thread(target=exit_with_parent, daemon=True).start()
app = Starlette(routes=[Route("/fan-out", fan_out), Route("/publish/{count:int}", publish)])
listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
print(listener.getsockname()[1], flush=True)
config = uvicorn.Config(
    app,
    loop="uvloop",
    http="httptools",
    access_log=False,
    log_level="error",
    timeout_keep_alive=600,
)
uvicorn.Server(config).run(sockets=[listener])

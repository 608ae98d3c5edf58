"""Prints the events that aiohttp-sse-client reads from a URL."""

import asyncio
import sys

from aiohttp_sse_client.client import EventSource
from up_to_end import print_up_to_end


def events(loop, source):
    """Its events, each awaited when it is asked for."""
    while True:
        event = loop.run_until_complete(anext(source))
        yield event.type, event.data, event.last_event_id


async def connected(url):
    """Connects within the loop, as the client wants it."""
    return await EventSource(url).__aenter__()


with asyncio.Runner() as runner:
    source = runner.run(connected(sys.argv[1]))
    try:
        print_up_to_end(events(runner.get_loop(), source))
    finally:
        runner.run(source.__aexit__())

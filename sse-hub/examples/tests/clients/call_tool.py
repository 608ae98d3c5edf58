"""Lets a server count, by the Model Context Protocol, and prints each report of progress and the answer, as JSON.

Cancels when its input says so.
"""

import json
import os
import sys

import anyio
from mcp import MCPError
from mcp.client import Client

_, url, to, revision = sys.argv


def say(kind, what):
    print(json.dumps([kind, what]), flush=True)


async def progress(done, total, message):
    say("progress", int(done))


async def count(client, group):
    try:
        answer = await client.call_tool("count", {"to": int(to)}, progress_callback=progress)
        say("answer", answer.content[0].text)
    except MCPError as error:
        say("error", error.message)
    group.cancel_scope.cancel()


async def wait_for_cancel(group):
    await anyio.to_thread.run_sync(sys.stdin.readline, abandon_on_cancel=True)
    group.cancel_scope.cancel()
    say("error", "enough")


async def main():
    mode = "legacy" if revision == "2025-11-25" else revision
    async with Client(url, mode=mode) as client:
        async with anyio.create_task_group() as group:
            group.start_soon(count, client, group)
            group.start_soon(wait_for_cancel, group)
        await anyio.sleep(0.5)


anyio.run(main)
# A thread still waits for input.
os._exit(0)

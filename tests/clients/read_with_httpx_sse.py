"""Prints the events that httpx-sse reads from a URL, as JSON, up to one named `end`."""

import json
import sys

import httpx
from httpx_sse import connect_sse

events = []
with httpx.Client(trust_env=False, timeout=60) as client:
    with connect_sse(client, "GET", sys.argv[1]) as source:
        for event in source.iter_sse():
            events.append([event.event, event.data, event.id])
            if event.event == "end":
                break
print(json.dumps(events))

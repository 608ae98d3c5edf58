"""Prints the events that httpx-sse reads from a URL."""

import sys

import httpx
from httpx_sse import connect_sse
from up_to_end import print_up_to_end

with httpx.Client(trust_env=False, timeout=60) as client:
    with connect_sse(client, "GET", sys.argv[1]) as source:
        print_up_to_end((it.event, it.data, it.id) for it in source.iter_sse())

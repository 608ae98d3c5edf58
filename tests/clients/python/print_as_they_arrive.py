"""Prints each event's data as soon as httpx has read it from a URL, and the encoding first."""

import sys

import httpx

with httpx.Client(trust_env=False, timeout=60) as client:
    with client.stream("GET", sys.argv[1]) as response:
        print(response.headers.get("Content-Encoding"), flush=True)
        for line in response.iter_lines():
            if line:
                print(line, flush=True)

"""Prints the events that sseclient-py reads from a URL."""

import sys

import requests
from sseclient import SSEClient
from up_to_end import print_up_to_end

response = requests.get(sys.argv[1], stream=True, timeout=60)
# The pieces as they come: those of `requests` itself are of 128 bytes.
client = SSEClient(response.iter_content(chunk_size=None))
print_up_to_end((it.event, it.data, it.id) for it in client.events())

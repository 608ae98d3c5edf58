"""Prints the events that requests-sse reads from a URL."""

import sys

from requests_sse import EventSource
from up_to_end import print_up_to_end

with EventSource(sys.argv[1], timeout=60) as source:
    print_up_to_end((it.type, it.data, it.last_event_id) for it in source)

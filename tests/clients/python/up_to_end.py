"""What all the scripts here share."""

import json


def print_up_to_end(events):
    """Prints name, data and ID of each event, as JSON, up to one named `end`.

    What came before an error is printed too.
    """
    read = []
    try:
        for name, data, last_event_id in events:
            read.append([name or "message", data, last_event_id or ""])
            if name == "end":
                break
    finally:
        print(json.dumps(read))

"""Asks a model at a server with Anthropic's API, and prints each token, or how the answer ended, as JSON."""

import json
import sys

from anthropic import Anthropic, APIError

_, url, prompt = sys.argv


def say(kind, what):
    print(json.dumps([kind, what]), flush=True)


client = Anthropic(base_url=url, api_key="mine")
question = {"model": "any", "max_tokens": 100, "system": "Be kind."}
messages = [{"role": "user", "content": prompt}]
try:
    with client.messages.stream(messages=messages, **question) as stream:
        for text in stream.text_stream:
            say("token", text)
        say("end", stream.get_final_message().stop_reason)
except APIError as error:
    say("error", error.body["error"]["message"] if error.body else error.message)

"""Asks a model at a server with OpenAI's API, and prints each token, or how the answer ended, as JSON."""

import json
import sys

from openai import APIError, OpenAI

_, url, prompt = sys.argv


def say(kind, what):
    print(json.dumps([kind, what]), flush=True)


client = OpenAI(base_url=f"{url}/v1", api_key="mine")
question = [{"role": "user", "content": prompt}]
try:
    chunks = client.chat.completions.create(model="any", messages=question, stream=True)
    for chunk in chunks:
        choice = chunk.choices[0]
        if choice.delta.content:
            say("token", choice.delta.content)
    say("end", choice.finish_reason)
except APIError as error:
    say("error", error.message)

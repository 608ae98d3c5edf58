"""Asks a model at a URL, and prints each token, or how the answer ended, as JSON."""

import json
import sys

from openai import APIError, OpenAI

_, url, prompt = sys.argv


def say(kind, what):
    print(json.dumps([kind, what]), flush=True)


client = OpenAI(base_url=url, api_key="mine")
question = [{"role": "user", "content": prompt}]
try:
    chunks = client.chat.completions.create(model="any", messages=question, stream=True)
    for chunk in chunks:
        delta = chunk.choices[0].delta.content
        if delta:
            say("token", delta)
    say("end", "")
except APIError as error:
    say("error", error.message)

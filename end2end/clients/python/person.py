"""How an app in Python reaches the person whom it asks: the test that runs it has a browser."""

import json
import sys


def facts():
    """What the test tells the app."""
    return json.loads(sys.argv[1])


def ask(link):
    """Sends the person to a link; gives the address to which they were sent back."""
    print(json.dumps({"visit": link}), flush=True)
    return sys.stdin.readline().strip()


def tell(**done):
    """What came of it."""
    print(json.dumps({"done": done}), flush=True)

"""A Jupyter client that sends a batch of cells at once, as Run All does.

Reads batches from standard input, a line of JSON each: {"cells": [code], "stopAfter": [seconds]}.
For each it prints, as a line of JSON, the status and the outputs of each cell, and what arrived for
no cell that was still busy.
"""

import json
import sys
import threading

from jupyter_client.manager import start_new_kernel


def text_of(kind, content):
    if kind == "stream":
        return content["text"]
    if kind == "error":
        return f"{content['ename']}: {content['evalue']}"
    return next(iter(content["data"].values()))


def run(manager, client, batch):
    ids = [client.execute(code) for code in batch["cells"]]
    stops = [threading.Timer(it, manager.interrupt_kernel) for it in batch.get("stopAfter", [])]
    for stop in stops:
        stop.start()
    outputs, busy, strays = {id: [] for id in ids}, set(ids), []
    while busy:
        message = client.get_iopub_msg(timeout=60)
        kind, content = message["msg_type"], message["content"]
        id = message["parent_header"].get("msg_id")
        if kind == "status":
            if content["execution_state"] == "idle":
                busy.discard(id)
        elif kind != "execute_input":
            (outputs[id] if id in busy else strays).append(text_of(kind, content))
    for stop in stops:
        stop.cancel()
    replies = {}
    while not replies.keys() >= set(ids):
        reply = client.get_shell_msg(timeout=10)
        replies[reply["parent_header"]["msg_id"]] = reply["content"]
    cells = [{"status": replies[id]["status"], "outputs": outputs[id]} for id in ids]
    return {"cells": cells, "strays": strays}


manager, client = start_new_kernel(kernel_name="specialist")
for line in sys.stdin:
    print(json.dumps(run(manager, client, json.loads(line))), flush=True)
manager.shutdown_kernel()

"""A worker process of the original's Python SDK. Arguments: database URL, queue, worker id."""

import sys
import threading
import time

from absurd_sdk import Absurd

url, queue, worker = sys.argv[1:]
app = Absurd(url, queue_name=queue)
failed = set()


def end_with_parent():
    """The test holds standard input open for as long as this process may live."""
    sys.stdin.read()
    app.stop_worker()


@app.register_task("order")
def order(params, ctx):
    def charge():
        print("charging", params["n"], flush=True)
        time.sleep(0.05)
        return {"charged": params["n"] * 2}

    charged = ctx.step("charge", charge)
    if params["n"] % 5 == 0 and params["n"] not in failed:
        failed.add(params["n"])
        raise RuntimeError("failed on purpose")
    ctx.sleep_for("pause", 0.3)
    approval = ctx.await_event(f"approved:{params['n']}", timeout=120)
    return {**charged, "by": approval["by"], "worker": worker}


threading.Thread(target=end_with_parent, daemon=True).start()
app.start_worker(worker_id=worker, claim_timeout=3, concurrency=2, poll_interval=0.1)

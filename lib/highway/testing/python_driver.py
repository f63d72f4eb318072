"""Loads documents with the Python package and writes what it makes of them, one JSON line for each."""
import json
import sys

from highway_dsl import Workflow


def attempt(call):
    try:
        return {"value": call()}
    except Exception as error:
        detail = error.errors()[0] if hasattr(error, "errors") else {"msg": str(error), "loc": []}
        return {"error": detail["msg"], "kind": type(error).__name__, "loc": [str(part) for part in detail["loc"]]}


for line in sys.stdin:
    request = json.loads(line)
    load = Workflow.from_yaml if request["format"] == "yaml" else Workflow.from_json
    loaded = attempt(lambda: load(request["text"]))
    if "error" in loaded:
        print(json.dumps({"load": loaded}), flush=True)
        continue
    workflow = loaded["value"]
    print(
        json.dumps(
            {
                "load": {},
                "json": attempt(workflow.to_json),
                "yaml": attempt(workflow.to_yaml),
                "mermaid": attempt(workflow.to_mermaid),
                "dot": attempt(workflow.to_graphviz),
            }
        ),
        flush=True,
    )

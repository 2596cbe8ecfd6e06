"""The model, loaded at start, and what a request makes it do. Knows no web framework: Flask and FastAPI call the same."""

import base64
import json
import os
import time
from pathlib import Path

os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")  # oneDNN ends the process for an input of the wrong rank

import tensorflow as tf

tf.config.threading.set_intra_op_parallelism_threads(int(os.environ.get("STUDY_INTRA_OP_THREADS") or 0))
tf.config.threading.set_inter_op_parallelism_threads(int(os.environ.get("STUDY_INTER_OP_THREADS") or 0))
NAME, BASE_PATH = os.environ["STUDY_MODEL_NAME"], Path(os.environ["STUDY_MODEL_BASE_PATH"])
VERSION = os.environ.get("STUDY_MODEL_VERSION") or max((d.name for d in BASE_PATH.iterdir() if d.name.isdecimal()), key=int)
SIGNATURES = tf.saved_model.load(str(BASE_PATH / VERSION), tags=["serve"]).signatures
BODY_LIMIT_BYTES = int(os.environ.get("STUDY_BODY_LIMIT_BYTES") or 104857600)


def refuse(status, text):
    return json.dumps({"error": text}), status, {}


def predict(name, version, body):
    """The answer to a predict request as text, status code and headers; so is that of the other functions."""
    times = [time.perf_counter()]
    try:  # {"b64": "..."} is how JSON carries byte strings
        body = json.loads(body, object_hook=lambda o: base64.b64decode(o["b64"]) if o.keys() == {"b64"} else o)
    except ValueError as error:
        return refuse(400, f"JSON Parse error: {error}")
    if name != NAME or version not in (None, VERSION):
        return refuse(404, f"Servable not found for request: {f'Specific({name}, {version})' if version else f'Latest({name})'}")
    try:
        signature = SIGNATURES[body.get("signature_name") or "serving_default"]
        by_rows = "instances" in body
        if by_rows == ("inputs" in body):
            raise ValueError("Missing 'inputs' or 'instances' key, or both are there")
        values, specs = body["instances" if by_rows else "inputs"], signature.structured_input_signature[1]
        first = values[0] if by_rows else values
        if not isinstance(first, dict):
            (only,) = specs
            values = {only: values}
        elif by_rows:
            if any(row.keys() != specs.keys() for row in values):
                raise ValueError(f"keys must be equal to: {','.join(sorted(specs))}")
            values = {alias: [row[alias] for row in values] for alias in specs}
        inputs = {alias: tf.constant(values[alias], spec.dtype) for alias, spec in specs.items()}
        times.append(time.perf_counter())
        outputs = {alias: tensor.numpy() for alias, tensor in signature(**inputs).items()}
    except (AttributeError, KeyError, IndexError, TypeError, ValueError, tf.errors.InvalidArgumentError) as error:
        return refuse(400, str(error))  # nothing but the request differs from call to call
    times.append(time.perf_counter())
    columns = {alias: array.tolist() for alias, array in outputs.items()}
    if len(columns) == 1:
        (answer,) = columns.values()
    else:
        answer = [dict(zip(columns, row)) for row in zip(*columns.values())] if by_rows else columns
    text = json.dumps({"predictions" if by_rows else "outputs": answer}, default=bytes.decode)
    times.append(time.perf_counter())
    spent = [f"{part};dur={1000 * (to - start):.3f}" for part, start, to in zip(("parse", "inference", "serialise"), times, times[1:])]
    return text, 200, {"X-Model-Version": VERSION, "Server-Timing": ", ".join(spent)}


def status(name, version, path):
    if ":" in name:
        return malformed("GET", path)
    if name != NAME or version not in (None, VERSION):
        return refuse(404, f"Could not find version {version} of model {name}" if version else f"Could not find any versions of model {name}")
    state = {"version": VERSION, "state": "AVAILABLE", "status": {"error_code": "OK", "error_message": ""}}
    return json.dumps({"model_version_status": [state]}), 200, {}


def malformed(method, path):
    return refuse(400, f"Malformed request: {method} {path}")

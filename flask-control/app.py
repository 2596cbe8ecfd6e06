"""A model server as Flask tutorials write it: load the model at start, answer POST. Runs under gunicorn, see README.md."""

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException

import model

app = Flask(__name__)
app.config["MAX_CONTENT_LENGTH"] = model.BODY_LIMIT_BYTES


def answer(text, status, headers):
    return Response(text, status, headers, mimetype="application/json")


@app.post("/v1/models/<name>:predict")
@app.post("/v1/models/<name>/versions/<version>:predict")
def predict(name, version=None):
    return answer(*model.predict(name, version, request.get_data()))


@app.get("/v1/models/<name>")
@app.get("/v1/models/<name>/versions/<version>")
def status(name, version=None):
    return answer(*model.status(name, version, request.path))


@app.get("/healthz")
def healthz():
    return {"status": "alive"}


@app.errorhandler(HTTPException)
def refuse_request(error):
    if request.path.startswith("/v1/") and error.code in (404, 405):
        return answer(*model.malformed(request.method, request.path))
    return answer(*model.refuse(error.code, error.description))

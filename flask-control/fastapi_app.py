"""The same server with FastAPI. Handlers are plain functions, so FastAPI runs each in a thread. Runs under uvicorn."""

from typing import Annotated

from fastapi import Depends, FastAPI, HTTPException, Request, Response
from starlette.exceptions import HTTPException as AnyHTTPException

import model

app = FastAPI(openapi_url=None, redirect_slashes=False)


async def body_of(request: Request) -> bytes:
    """The body as it came: json in model.py reads it, as it does for Flask. Neither FastAPI nor uvicorn limits its size."""
    body = bytearray()
    if int(request.headers.get("content-length") or 0) <= model.BODY_LIMIT_BYTES:
        async for piece in request.stream():
            body += piece
            if len(body) > model.BODY_LIMIT_BYTES:
                break
        else:
            return bytes(body)
    raise HTTPException(413, "The data value transmitted exceeds the capacity limit.")


def answer(text, status, headers):
    return Response(text, status, headers, media_type="application/json")


@app.post("/v1/models/{name}:predict")
@app.post("/v1/models/{name}/versions/{version}:predict")
def predict(name: str, body: Annotated[bytes, Depends(body_of)], version: str | None = None):
    return answer(*model.predict(name, version, body))


@app.get("/v1/models/{name}")
@app.get("/v1/models/{name}/versions/{version}")
def status(request: Request, name: str, version: str | None = None):
    return answer(*model.status(name, version, request.scope["path"]))


@app.get("/healthz")
async def healthz():
    return {"status": "alive"}


@app.exception_handler(AnyHTTPException)
async def refuse_request(request: Request, error: AnyHTTPException):
    path = request.scope["path"]
    if path.startswith("/v1/") and error.status_code in (404, 405):
        return answer(*model.malformed(request.method, path))
    return answer(*model.refuse(error.status_code, error.detail))

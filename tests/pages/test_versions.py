"""The files of ``static/`` as the running server gives them: by version, and never the one before."""

from __future__ import annotations

import asyncio
from inspect import unwrap
from types import SimpleNamespace

import pytest
import streamlit as st
from starlette.applications import Starlette
from starlette.responses import FileResponse
from streamlit.web.server.starlette import starlette_routes

from ui.components import bridge
from ui.shell import streamlit_patches
from vae_core.paths import ROOT


@pytest.fixture(params=["none", "poll"])
def watcher(request, monkeypatch):
    """Whether sources are watched; and Streamlit as it was, afterwards."""
    monkeypatch.setattr(streamlit_patches, "st", SimpleNamespace(get_option=lambda _: request.param))
    # A page of another test may have put ours in their place.
    monkeypatch.setattr(starlette_routes, "build_safe_abspath", unwrap(starlette_routes.build_safe_abspath))
    monkeypatch.setattr(FileResponse, "__call__", unwrap(FileResponse.__call__))
    return request.param


def asked(app: Starlette, path: str) -> tuple[int, dict[str, str], bytes]:
    """What a server answers: its code, its headers, and the file."""
    told = []

    async def send(message):
        told.append(message)

    async def receive():
        return {"type": "http.request", "body": b"", "more_body": False}

    scope = {
        **{"type": "http", "asgi": {"spec_version": "2.4"}, "method": "GET", "path": path},
        **{"query_string": b"", "headers": [], "root_path": ""},
    }
    asyncio.run(app(scope, receive, send))
    headers = {name.decode().lower(): value.decode() for name, value in told[0]["headers"]}
    return told[0]["status"], headers, b"".join(message.get("body", b"") for message in told[1:])


def test_a_file_of_this_version_may_be_kept_and_one_of_another_is_not_there(watcher):
    # As with ``streamlit run``: the routes are there before app.py runs for the first time.
    app = Starlette(routes=starlette_routes.create_app_static_serving_routes(str(ROOT / "app.py"), None))
    streamlit_patches.keep_versions_apart.__wrapped__(bridge.VERSION)
    at = f"/app/static/{bridge.VERSION}"
    for name in ("bridge/loader.js", "style.css"):
        code, headers, text = asked(app, f"{at}/{name}")
        assert (code, text) == (200, (bridge.STATIC / name).read_bytes())
        assert ("immutable" in headers["cache-control"]) == (watcher == "none")
        assert (headers["cache-control"] == "no-cache") == (watcher == "poll")
    for path in ("/app/static/0badf00d/style.css", f"{at}/nothing.js", f"{at}/{bridge.VERSION}/style.css", at):
        assert asked(app, path)[0] == 404
    for path in (f"{at}/../app.py", f"{at}//etc/passwd"):
        assert asked(app, path)[0] in (400, 404)
    code, headers, _ = asked(app, "/app/static/style.css")  # for whoever asks without a version
    assert code == 200
    assert "cache-control" not in headers


def test_whatever_a_component_loads_has_the_version_in_its_path():
    """A relative import keeps a path, and drops what stands behind a question mark."""
    assert f'"app/static/{bridge.VERSION}/"+n' in bridge.SHIM.replace("VERSION", bridge.VERSION)
    assert "?v=" not in bridge.SHIM
    assert st.get_option("server.enableStaticServing")

"""A Google Cloud Storage on loopback, of our own making: no emulator serves what obstore asks.

It answers as the public documentation of the XML API says: an object has a generation, which
`x-goog-if-generation-match` has to name (0: there is none yet), else 412; an ETag, at which a
reader that knows it gets 304; and comes in parts where it is long. It knows no keys and no errors
of a network. gcp-storage-emulator sends no ETag, fake-gcs-server 1.54 refuses the XML API's PUT.
"""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, unquote, urlsplit
from xml.sax.saxutils import escape

import pytest

from tests.client.place import NOBODY, Place

_DATE = "Mon, 06 Jan 2025 09:00:00 GMT"
_MANY = 4
"""So few names come at once, that a list has several pages."""


@dataclass
class _Objects:
    """What lies in the one bucket, and what is being uploaded in parts."""

    found: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    """Name to generation and content."""
    parts: dict[str, dict[int, bytes]] = field(default_factory=dict)
    generations: int = 1000
    lock: threading.Lock = field(default_factory=threading.Lock)

    def put(self, name: str, content: bytes, wanted: str | None) -> int | None:
        """The new generation; none when the one that is there is not the one wanted."""
        with self.lock:
            if wanted is not None and int(wanted) != self.found.get(name, (0,))[0]:
                return None
            self.generations += 1
            self.found[name] = (self.generations, content)
            return self.generations


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    objects: _Objects

    def do_GET(self) -> None:
        name, query = self._address()
        if not name:
            return self._list(query)
        if name not in self.objects.found:
            return self._say(404)
        generation, content = self.objects.found[name]
        tag = _tag(content)
        unchanged = self.headers["If-None-Match"] == tag
        self._say(304 if unchanged else 200, b"" if unchanged else content, tag, generation)

    def do_PUT(self) -> None:
        name, query = self._address()
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if "uploadId" in query:
            self.objects.parts[query["uploadId"]][int(query["partNumber"])] = content
            return self._say(200, tag=_tag(content))
        self._put(name, content)

    def do_POST(self) -> None:
        name, query = self._address()
        self.rfile.read(int(self.headers["Content-Length"]))
        if "uploads" in query:
            upload = f"upload-{len(self.objects.parts)}"
            self.objects.parts[upload] = {}
            ids = f"<Bucket>bank</Bucket><Key>{escape(name)}</Key><UploadId>{upload}</UploadId>"
            return self._xml("InitiateMultipartUploadResult", ids)
        parts = self.objects.parts[query["uploadId"]]
        self._put(name, b"".join(parts[number] for number in sorted(parts)), whole=True)

    def do_DELETE(self) -> None:
        name, _ = self._address()
        self._say(204 if self.objects.found.pop(name, None) else 404)

    def _put(self, name: str, content: bytes, *, whole: bool = False) -> None:
        generation = self.objects.put(name, content, self.headers["x-goog-if-generation-match"])
        if generation is None:
            return self._say(412)
        tag = _tag(content)
        done = f"<Key>{escape(name)}</Key><ETag>{escape(tag)}</ETag>"
        body = _document("CompleteMultipartUploadResult", done) if whole else b""
        self._say(200, body, tag, generation)

    def _list(self, query: dict[str, str]) -> None:
        prefix, after = query.get("prefix", ""), query.get("continuation-token", "")
        names = [n for n in sorted(self.objects.found) if n.startswith(prefix) and n > after]
        if "delimiter" in query:
            below = {name.removeprefix(prefix).partition("/") for name in names}
            folders = sorted({prefix + first + "/" for first, slash, _ in below if slash})
            body = "".join(
                f"<CommonPrefixes><Prefix>{n}</Prefix></CommonPrefixes>" for n in folders
            )
            names = [name for name in names if "/" not in name.removeprefix(prefix)]
            return self._xml("ListBucketResult", body + "".join(map(self._entry, names)))
        shown = names[:_MANY]
        body = "".join(map(self._entry, shown))
        if len(names) > len(shown):
            body += f"<NextContinuationToken>{escape(shown[-1])}</NextContinuationToken>"
        self._xml("ListBucketResult", body)

    def _entry(self, name: str) -> str:
        content = self.objects.found[name][1]
        return (
            f"<Contents><Key>{escape(name)}</Key><Size>{len(content)}</Size>"
            f"<ETag>{escape(_tag(content))}</ETag>"
            "<LastModified>2025-01-06T09:00:00.000Z</LastModified></Contents>"
        )

    def _address(self) -> tuple[str, dict[str, str]]:
        parts = urlsplit(self.path)
        _, bucket, *name = parts.path.split("/", 2)
        assert bucket == "bank"
        asked = parse_qs(parts.query, keep_blank_values=True)
        return unquote("".join(name)), {key: values[0] for key, values in asked.items()}

    def _xml(self, kind: str, content: str) -> None:
        self._say(200, _document(kind, content))

    def _say(
        self, status: int, body: bytes = b"", tag: str | None = None, generation: int = 0
    ) -> None:
        self.send_response(status)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.send_header("Last-Modified", _DATE)
        if tag is not None:
            self.send_header("ETag", tag)
            self.send_header("x-goog-generation", str(generation))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Nothing: the tests' output is read."""


def _document(kind: str, content: str) -> bytes:
    return f"<?xml version='1.0' encoding='UTF-8'?><{kind}>{content}</{kind}>".encode()


def _tag(content: bytes) -> str:
    return f'"{hashlib.md5(content, usedforsecurity=False).hexdigest()}"'


@contextmanager
def serve_gcs(folder: Path) -> Iterator[Place]:
    """A bucket `bank`; the address of the server is in a key file in the folder."""
    handler = type("Handler", (_Handler,), {"objects": _Objects()})
    with (
        ThreadingHTTPServer(("127.0.0.1", 0), handler) as server,
        pytest.MonkeyPatch.context() as patch,
    ):
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        patch.setenv("GOOGLE_SERVICE_ACCOUNT", _key(folder, f"127.0.0.1:{server.server_port}"))
        yield Place("gs://bank/releases", {"GOOGLE_SERVICE_ACCOUNT": _key(folder, NOBODY)})
        server.shutdown()
        thread.join()


def _key(folder: Path, host: str) -> str:
    path = folder / f"{host.replace(':', '-')}.json"
    fields = {"gcs_base_url": f"http://{host}", "disable_oauth": True}
    nobody = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
    path.write_text(json.dumps(fields | nobody))
    return str(path)

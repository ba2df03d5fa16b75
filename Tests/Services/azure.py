#!/usr/bin/env python3
"""An Azure storage account of the tests' own: Blob and Data Lake Storage Gen2 over one store, in memory.

Shared keys are checked. SAS, Entra tokens, HTTPS and leases are not there.
"""

import base64
import hashlib
import hmac
import http.server
import json
import re
import secrets
import threading
import urllib.parse
import uuid
from xml.sax.saxutils import escape

import supervise
from azure_store import Entry, Refusal, Store

ACCOUNT = "weirtests"
CONTAINER = "lake"
PAGE = 5000


class Handler(http.server.BaseHTTPRequestHandler):
    """One request. The Data Lake interface answers on a port of its own, and where a request can only be its."""

    protocol_version = "HTTP/1.1"
    is_lake_port = False
    store, key = Store(), b""

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=None):
        headers = {"x-ms-version": self.headers.get("x-ms-version", "2021-12-02"),
                   "x-ms-request-id": str(uuid.uuid4()), "Content-Length": str(len(body))} | (headers or {})
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def refuse(self, refusal):
        if self.command == "HEAD":
            return self.answer(refusal.status, headers={"x-ms-error-code": refusal.code})
        if self.is_lake:
            body = json.dumps({"error": {"code": refusal.code, "message": refusal.code}})
        else:
            body = f"<?xml version='1.0' encoding='utf-8'?><Error><Code>{refusal.code}</Code>"
            body += f"<Message>{refusal.code}</Message></Error>"
        kind = "application/json" if self.is_lake else "application/xml"
        self.answer(refusal.status, body.encode(), {"x-ms-error-code": refusal.code, "Content-Type": kind})

    def is_signed(self, url, query):
        """Whether the request carries the account's signature of exactly this request."""
        headers = {name.lower(): value.strip() for name, value in self.headers.items()}
        length = headers.get("content-length", "")
        plain = ["content-encoding", "content-language", "content-length", "content-md5", "content-type", "date",
                 "if-modified-since", "if-match", "if-none-match", "if-unmodified-since", "range"]
        values = headers | {"content-length": "" if length == "0" else length}
        if "x-ms-date" in headers:
            values["date"] = ""
        own = [f"{name}:{headers[name]}" for name in sorted(headers) if name.startswith("x-ms-")]
        resource = [f"/{ACCOUNT}{url.path}"]
        resource += [f"{name.lower()}:{','.join(sorted(query[name]))}" for name in sorted(query, key=str.lower)]
        text = "\n".join([self.command, *(values.get(name, "") for name in plain), *own, *resource])
        digest = base64.b64encode(hmac.new(self.key, text.encode(), hashlib.sha256).digest()).decode()
        return hmac.compare_digest(self.headers.get("Authorization", ""), f"SharedKey {ACCOUNT}:{digest}")

    def body(self):
        if self.headers.get("Transfer-Encoding", "") != "chunked":
            return self.rfile.read(int(self.headers.get("Content-Length") or 0))
        parts = []
        while True:
            parts.append(self.rfile.read(int(self.rfile.readline(), 16)))
            self.rfile.readline()
            if not parts[-1]:
                return b"".join(parts)

    def perform(self):
        body = self.body()
        url = urllib.parse.urlsplit(self.path)
        query = urllib.parse.parse_qs(url.query, keep_blank_values=True)
        self.query = {name: values[0] for name, values in query.items()}
        account, _, rest = urllib.parse.unquote(url.path).lstrip("/").partition("/")
        container, _, path = rest.partition("/")
        named = {"resource", "action", "recursive"} & self.query.keys() or self.headers.get("x-ms-rename-source")
        by_port = self.is_lake_port and not {"restype", "comp"} & self.query.keys() and self.command != "PUT"
        self.is_lake = bool(self.command == "PATCH" or named or by_port)
        try:
            if account != ACCOUNT:
                raise Refusal(400, "InvalidUri")
            if not self.is_signed(url, query):
                raise Refusal(403, "AuthenticationFailed")
            with self.store.lock:
                act = self.lake if self.is_lake else self.blob
                status, answer, headers = act(container, path.rstrip("/") if self.is_lake else path, body)
            self.answer(status, answer, headers)
        except Refusal as refusal:
            self.refuse(refusal)
        except BrokenPipeError:
            self.close_connection = True

    do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = do_PATCH = perform

    def check_conditions(self, entry, is_write):
        match, none_match = self.headers.get("If-Match"), self.headers.get("If-None-Match")
        if match and (entry is None or match not in ("*", entry.etag)):
            raise Refusal(412, "ConditionNotMet")
        if none_match and entry is not None and none_match in ("*", entry.etag):
            if is_write and none_match == "*":
                raise Refusal(409, "PathAlreadyExists" if self.is_lake else "BlobAlreadyExists")
            raise Refusal(412 if is_write else 304, "ConditionNotMet")

    @staticmethod
    def facts(entry):
        return {"ETag": entry.etag, "Last-Modified": entry.modified, "x-ms-request-server-encrypted": "true"}

    def content(self, entry):
        """A blob's bytes, or the part of them that was asked for."""
        data = entry.data
        headers = self.facts(entry) | {
            "Content-Type": "application/octet-stream", "Accept-Ranges": "bytes", "x-ms-blob-type": "BlockBlob",
            "x-ms-resource-type": "directory" if entry.is_folder else "file", "x-ms-creation-time": entry.modified,
            "x-ms-lease-state": "available", "x-ms-lease-status": "unlocked", "x-ms-server-encrypted": "true",
        } | {f"x-ms-meta-{name}": value for name, value in entry.metadata.items()}
        if self.command == "HEAD":
            return 200, b"", headers | {"Content-Length": str(len(data))}
        wanted = re.match(r"bytes=(\d+)-(\d*)", self.headers.get("x-ms-range") or self.headers.get("Range") or "")
        if not wanted:
            return 200, data, headers
        first = int(wanted[1])
        if first >= len(data):
            raise Refusal(416, "InvalidRange")
        last = min(int(wanted[2]) if wanted[2] else len(data) - 1, len(data) - 1)
        return 206, data[first : last + 1], headers | {"Content-Range": f"bytes {first}-{last}/{len(data)}"}

    def blob(self, container, path, body):
        """The Blob interface."""
        store = self.store
        if not container:
            return 200, b"", {"x-ms-sku-name": "Standard_LRS", "x-ms-account-kind": "StorageV2",
                              "x-ms-is-hns-enabled": "true"}
        if not path and self.query.get("restype") == "container":
            if self.command == "PUT":
                store.make_container(container, "ContainerAlreadyExists")
                return 201, b"", self.facts(Entry())
            store.container(container)
            if self.query.get("comp") == "list":
                return 200, self.blob_listing(container), {"Content-Type": "application/xml"}
            return 200, b"", self.facts(Entry())
        if self.command == "PUT":
            return self.put_blob(container, path, body)
        entry = store.entry(container, path, "BlobNotFound")
        self.check_conditions(entry, self.command == "DELETE")
        if self.command == "DELETE":
            del store.containers[container][path.rstrip("/")]
            return 202, b"", {"x-ms-delete-type-permanent": "true"}
        return self.content(entry)

    def put_blob(self, container, path, body):
        if self.query.get("comp") == "block":
            self.store.stage(container, path, self.query["blockid"], body)
            return 201, b"", {"x-ms-request-server-encrypted": "true"}
        self.check_conditions(self.store.container(container).get(path), True)
        if self.query.get("comp") == "blocklist":
            blocks = re.findall(r"<(?:Latest|Committed|Uncommitted)>([^<]+)<", body.decode())
            return 201, b"", self.facts(self.store.commit(container, path, blocks))
        if self.headers.get("x-ms-blob-type") != "BlockBlob":
            raise Refusal(400, "InvalidHeaderValue")
        metadata = {name[10:]: value for name, value in self.headers.items() if name.lower().startswith("x-ms-meta-")}
        digest = base64.b64encode(hashlib.md5(body).digest()).decode()
        entry = self.store.put(container, path, Entry(data=body, metadata=metadata))
        return 201, b"", self.facts(entry) | {"Content-MD5": digest}

    def page(self, items, size_key, start_key):
        """The part of a listing that was asked for, and where the next one starts."""
        size, start = int(self.query.get(size_key, PAGE)), self.query.get(start_key, "")
        items = [item for item in items if item[0] >= start]
        return items[:size], items[size][0] if len(items) > size else ""

    def blob_listing(self, container):
        prefix = self.query.get("prefix", "")
        items = self.store.blobs(container, prefix, self.query.get("delimiter", ""))
        items, following = self.page(items, "maxresults", "marker")
        text = ""
        for name, entry in items:
            if entry is None:
                text += f"<BlobPrefix><Name>{escape(name)}</Name></BlobPrefix>"
                continue
            text += f"<Blob><Name>{escape(name)}</Name><Properties><Last-Modified>{entry.modified}</Last-Modified>"
            text += f"<Creation-Time>{entry.modified}</Creation-Time><Etag>{entry.etag[1:-1]}</Etag>"
            text += f"<Content-Length>{len(entry.data)}</Content-Length><BlobType>BlockBlob</BlobType>"
            text += "<Content-Type>application/octet-stream</Content-Type><AccessTier>Hot</AccessTier>"
            text += "<LeaseStatus>unlocked</LeaseStatus><LeaseState>available</LeaseState>"
            text += "<ServerEncrypted>true</ServerEncrypted></Properties></Blob>"
        return (
            "<?xml version='1.0' encoding='utf-8'?><EnumerationResults "
            f"ServiceEndpoint='http://127.0.0.1/{ACCOUNT}' ContainerName='{escape(container)}'>"
            f"<Prefix>{escape(prefix)}</Prefix><MaxResults>{PAGE}</MaxResults><Blobs>{text}</Blobs>"
            f"<NextMarker>{escape(following)}</NextMarker></EnumerationResults>"
        ).encode()

    def lake(self, container, path, body):
        """The Data Lake interface."""
        store = self.store
        if not path and self.query.get("resource") == "filesystem" and self.command in ("PUT", "HEAD"):
            if self.command == "PUT":
                store.make_container(container, "FilesystemAlreadyExists")
            store.container(container, "FilesystemNotFound")
            return 201 if self.command == "PUT" else 200, b"", self.facts(Entry()) | {"x-ms-namespace-enabled": "true"}
        entries = store.container(container, "FilesystemNotFound")
        if self.command == "GET" and self.query.get("resource") == "filesystem":
            return self.path_listing(container)
        if self.command == "PUT":
            return self.put_path(container, path, entries)
        entry = store.entry(container, path, "PathNotFound")
        if self.command == "PATCH":
            if self.query.get("action") == "append":
                store.append(entry, int(self.query["position"]), body)
                if self.query.get("flush") == "true":
                    store.flush(entry, len(entry.data) + len(entry.pending))
                return 202, b"", {"x-ms-request-server-encrypted": "true"}
            if self.query.get("action") == "flush":
                store.flush(entry, int(self.query["position"]))
            return 200, b"", self.facts(entry)
        if self.command == "DELETE":
            store.remove(container, path, self.query.get("recursive") == "true")
            return 200, b"", {}
        self.check_conditions(entry, False)
        return self.content(entry)

    def put_path(self, container, path, entries):
        self.check_conditions(entries.get(path), True)
        source = self.headers.get("x-ms-rename-source")
        if source:
            parts = urllib.parse.unquote(source.split("?")[0]).lstrip("/").removeprefix(f"{ACCOUNT}/")
            entry = self.store.rename(tuple(parts.split("/", 1)), (container, path))
            return 201, b"", self.facts(entry)
        is_folder = self.query.get("resource") == "directory"
        metadata = {"hdi_isfolder": "true"} if is_folder else {}
        entry = self.store.put(container, path, Entry(is_folder=is_folder, metadata=metadata))
        return 201, b"", self.facts(entry)

    def path_listing(self, container):
        folder = self.query.get("directory", "").strip("/")
        items = self.store.paths(container, folder, self.query.get("recursive") == "true")
        items, following = self.page(items, "maxResults", "continuation")
        paths = [
            {"name": name, "lastModified": entry.modified, "etag": entry.etag[1:-1],
             "contentLength": str(len(entry.data)), "owner": "$superuser", "group": "$superuser",
             "permissions": "rw-r-----", "creationTime": "133000000000000000"} | ({"isDirectory": "true"} if entry.is_folder else {})
            for name, entry in items
        ]
        headers = {"Content-Type": "application/json"} | ({"x-ms-continuation": following} if following else {})
        return 200, json.dumps({"paths": paths}).encode(), headers


class LakeHandler(Handler):
    """The Data Lake interface's own port."""

    is_lake_port = True


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128


def start(_):
    """Serves both interfaces from threads of this process, over one container."""
    Handler.key = secrets.token_bytes(48)
    Handler.store.make_container(CONTAINER, "ContainerAlreadyExists")
    endpoints = []
    for handler in (Handler, LakeHandler):
        server = Server(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        endpoints.append(f"http://127.0.0.1:{server.server_address[1]}/{ACCOUNT}")
    key = base64.b64encode(Handler.key).decode()
    connection = f"DefaultEndpointsProtocol=http;AccountName={ACCOUNT};AccountKey={key};"
    connection += f"BlobEndpoint={endpoints[0]};DfsEndpoint={endpoints[1]};"
    return {"account": ACCOUNT, "key": key, "container": CONTAINER, "connection": connection}


supervise.run(start)

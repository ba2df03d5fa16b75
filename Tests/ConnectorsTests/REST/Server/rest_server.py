"""A REST server for the tests: every way to page and to authenticate, and faults on request.

It prints its port, and ends when its standard input does. With a folder's name it speaks TLS, and
leaves its certificate there, which nobody has signed but itself. Rows follow from their number alone, so that a test knows
every byte that must arrive.
"""
import base64, http.server, json, random, socket, ssl, subprocess, sys, threading, time, urllib.parse

LOCK = threading.Lock()
COUNTS = {}
TOKENS = {}


def row(number):
    return (
        f'{{"id": {number}, "name": "Zeile {number} \\u00e9\\n\\"x\\"", "big": {9007199254740993 + number}, '
        f'"amount": {number}.1234567890123456789, "at": "2026-01-{number % 28 + 1:02d}T00:00:00Z", '
        f'"nested": {{"list": [1, {{"n": {number}}}, null], "empty": {{}}}}}}'
    )


def count(name):
    with LOCK:
        COUNTS[name] = COUNTS.get(name, 0) + 1
        return COUNTS[name]


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        pass

    def answer(self, text, status=200, headers=(), length=None, cut=None):
        body = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body) if length is None else length))
        for name, value in headers:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body if cut is None else body[:cut])
        if cut is not None:
            self.wfile.flush()
            self.close_connection = True

    def base(self):
        return f"http://{self.headers['Host']}"

    def do_CONNECT(self):
        # A proxy that knows one server, itself, whatever it is asked for.
        count("tunnels")
        self.send_response(200)
        self.end_headers()
        self.close_connection = True
        with socket.create_connection(self.server.server_address) as other:
            threading.Thread(target=self.pump, args=(other, self.connection), daemon=True).start()
            self.pump(self.connection, other)

    def pump(self, source, target):
        while data := source.recv(65536):
            target.sendall(data)

    def do_POST(self):
        length = int(self.headers.get("Content-Length", 0))
        self.body = self.rfile.read(length).decode()
        self.do_GET()

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        self.query = dict(urllib.parse.parse_qsl(url.query, keep_blank_values=True))
        parts = [urllib.parse.unquote(part) for part in url.path.split("/") if part]
        count("requests")
        if parts and parts[0] == "faulty":
            if self.fault(int(parts[1])):
                return
            parts = parts[2:]
        handler = getattr(self, "on_" + "_".join(parts[:2]), None) or getattr(self, "on_" + (parts or ["x"])[0], None)
        if handler is None:
            return self.answer('{"error": "no such thing"}', 404)
        handler(*parts)

    # Faults: of every ten requests, about `tenths` fail, each in a way of its own.

    def fault(self, tenths):
        number = count("asked")
        chance = random.Random(number * 7919)
        if chance.randrange(10) >= tenths:
            return False
        kind = chance.choice(["429", "500", "cut", "short", "truncated", "chunked", "slow", "reset"])
        count("fault " + kind)
        text = '{"data": [' + ", ".join(row(n) for n in range(50))
        if kind == "429":
            self.answer('{"error": "too many"}', 429, [("Retry-After", "0")])
        elif kind == "500":
            self.answer("<html>oops", 500)
        elif kind == "cut":
            self.answer(text + "]}", cut=len(text) // 2)
        elif kind == "short":
            self.answer(text, length=len(text) + 1000, cut=len(text))
        elif kind == "truncated":
            self.answer(text[: len(text) // 3])
        elif kind == "chunked":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(f"{len(text[:900].encode()):x}\r\n".encode() + text[:900].encode() + b"\r\n")
            self.close_connection = True
        elif kind == "slow":
            time.sleep(0.02)
            return False
        else:
            self.close_connection = True
        return True

    # Pages

    def slice(self, start, size):
        total = int(self.query.get("total", 1000))
        return [row(number) for number in range(start, min(start + size, total))], total

    def on_page(self, *_):
        page, size = int(self.query["page"]), int(self.query.get("per_page", 100))
        rows, total = self.slice((page - 1) * size, size)
        pages = -(-total // size)
        self.answer(f'{{"data": [{", ".join(rows)}], "meta": {{"pages": {pages}, "total": {total}}}}}')

    def on_offset(self, *_):
        # It gives at most 70 rows, however many are asked for.
        size = min(int(self.query.get("limit", 70)), 70)
        rows, total = self.slice(int(self.query.get("offset", 0)), size)
        self.answer(f'{{"items": [{",".join(rows)}],\n "total": {total}}}')

    def on_cursor(self, *_):
        start = int(self.query.get("cursor") or 0)
        rows, total = self.slice(start, 90)
        following = json.dumps(str(start + 90) if start + 90 < total else None)
        self.answer(f'{{"results": [\n{",".join(rows)}\n], "paging": {{"next": {following}}}}}')

    def on_search(self, *_):
        asked = json.loads(self.body)
        start = asked["page"].get("after") or 0
        if not isinstance(start, int) or asked["filter"] != {"kind": "all", "ids": [1, 2]}:
            return self.answer('{"error": "bad body"}', 400)
        rows, total = self.slice(start, asked["page"]["size"])
        end = start + len(rows)
        more = json.dumps(end < total)
        self.answer(f'{{"data": {{"nodes": [{",".join(rows)}], "info": {{"after": {end}, "more": {more}}}}}}}')

    def on_next(self, *_):
        start = int(self.query.get("start", 0))
        rows, total = self.slice(start, 110)
        following = f"/next?start={start + 110}&total={total}" if start + 110 < total else None
        self.answer(f'{{"value": [{",".join(rows)}], "links": {{"next": {json.dumps(following)}}}}}')

    def on_link(self, *_):
        start = int(self.query.get("start", 0))
        rows, total = self.slice(start, 130)
        links = f'<{self.base()}/link?start=0>; rel="first"'
        if start + 130 < total:
            links = f'<{self.base()}/link?start={start + 130}&total={total}>; rel="next", ' + links
        self.answer(f'[{",".join(rows)}]', headers=[("Link", links)])

    def on_keyset(self, *_):
        rows, _ = self.slice(int(self.query.get("after", -1)) + 1, int(self.query["limit"]))
        self.answer(f'[{",".join(rows)}]')

    def on_stripe(self, *_):
        start = int(self.query.get("starting_after", -1)) + 1
        rows, total = self.slice(start, int(self.query["limit"]))
        more = json.dumps(start + len(rows) < total)
        self.answer(f'{{"object": "list", "data": [{",".join(rows)}], "has_more": {more}}}')

    def on_header(self, *_):
        start = int(self.query.get("from", 0))
        rows, total = self.slice(start, 150)
        headers = [("X-Next", str(start + 150))] if start + 150 < total else []
        self.answer(f'[{",".join(rows)}]', headers=headers)

    # Servers that lead in circles

    def on_same_page(self, *_):
        self.answer(f'[{row(1)},{row(2)}]')

    def on_same_cursor(self, *_):
        self.answer(f'{{"rows": [{row(count("same"))}], "next": "abc"}}')

    def on_same_link(self, *_):
        self.answer(f'{{"rows": [{row(count("same"))}], "next": "{self.base()}/same/link"}}')

    def on_more_unsaid(self, *_):
        self.answer('{"data": [{"id": 1}], "has_more": true}')

    # Parents

    def on_orders(self, *parts):
        if len(parts) == 1:
            rows = ", ".join(f'{{"id": {n}, "code": "a/b {n}", "customer": {n % 3 or "null"}}}' for n in range(30))
            return self.answer(f'{{"orders": [{rows}, {{"id": 7, "code": "a/b 7", "customer": 1}}]}}')
        number = int(parts[1])
        if number == 13:
            return self.answer('{"error": "gone"}', 404)
        time.sleep((number * 37 % 11) / 1000)
        page = int(self.query.get("page", 1))
        rows = [] if page > number % 4 else [f'{{"line": {page}, "order": {number}}}']
        self.answer(f'[{", ".join(rows)}]')

    def on_customers(self, *parts):
        count("customer " + parts[1])
        self.answer(f'{{ "id": {parts[1]},\r\n "tags": [] }}')

    def on_echo(self, *parts):
        self.answer(json.dumps({"path": self.path, "headers": dict(self.headers), "body": getattr(self, "body", None)}))

    # Who sends it

    def allow(self, is_right):
        self.answer('[{"ok": true}]' if is_right else '{"error": "who are you?"}', 200 if is_right else 401)

    def on_auth_basic(self, *_):
        self.allow(self.headers.get("Authorization") == "Basic " + base64.b64encode(b"ann:s3cr:t").decode())

    def on_auth_bearer(self, *_):
        self.allow(self.headers.get("Authorization") == "Bearer t0ken")

    def on_auth_header(self, *_):
        self.allow(self.headers.get("X-Key") == "k3y/+")

    def on_auth_query(self, *_):
        self.allow(self.query.get("api_key") == "k3y/+")

    def on_auth_cookie(self, *_):
        self.allow(self.headers.get("Cookie") == "session=k3y/+")

    def on_token(self, *_):
        form = dict(urllib.parse.parse_qsl(self.body))
        basic = "Basic " + base64.b64encode(b"app:p%40ss").decode()
        known = form.get("client_secret") == "p@ss" or self.headers.get("Authorization") == basic
        if form.get("grant_type") != "client_credentials" or not known:
            return self.answer('{"error": "invalid_client", "error_description": "p@ss is wrong"}', 401)
        if count("token tries") == 1:
            return self.answer("{", 500)
        name = f"token-{count('tokens')}"
        with LOCK:
            TOKENS[name] = 3
        self.answer(f'{{"access_token": "{name}", "token_type": "Bearer", "expires_in": 3600}}')

    def on_guarded(self, *_):
        # Each token is good for three requests only.
        token = (self.headers.get("Authorization") or "").removeprefix("Bearer ")
        with LOCK:
            uses = TOKENS.get(token, 0)
            TOKENS[token] = uses - 1
        if uses < 1:
            return self.answer('{"error": "expired"}', 401)
        self.on_page()

    # Other hosts, long waits

    def on_away(self, *parts):
        port = self.headers["Host"].split(":")[1]
        self.answer('{"rows": [{"id": 0}], "next": "http://localhost:%s/echo"}' % port)

    def on_redirect(self, *parts):
        port = self.headers["Host"].split(":")[1]
        target = "/page?page=1&per_page=3&total=3" if parts[1] == "here" else f"http://localhost:{port}/echo"
        self.answer("", 302, [("Location", target)])

    def on_hang(self, *parts):
        if parts[1] == "body":
            self.send_response(200)
            self.send_header("Content-Length", "100000")
            self.end_headers()
            self.wfile.write(b"[1, 2")
            self.wfile.flush()
        time.sleep(30)

    def on_big(self, *parts):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        self.wfile.write(b"1\r\n[\r\n")
        total = int(parts[1])
        for start in range(0, total, 1000):
            text = ",".join(row(n) for n in range(start, min(start + 1000, total)))
            data = (text + ("," if start + 1000 < total else "]")).encode()
            self.wfile.write(f"{len(data):x}\r\n".encode() + data + b"\r\n")
        self.wfile.write(b"0\r\n\r\n")

    def on_stats(self, *_):
        with LOCK:
            self.answer(json.dumps(COUNTS))


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, request, address):
        pass


server = Server(("127.0.0.1", 0), Handler)
if len(sys.argv) > 1:
    certificate, key = sys.argv[1] + "/certificate.pem", sys.argv[1] + "/key.pem"
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=weir-test"]
        + ["-addext", "subjectAltName=IP:127.0.0.1", "-out", certificate, "-keyout", key],
        check=True, stdin=subprocess.DEVNULL, capture_output=True,
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
threading.Thread(target=server.serve_forever, daemon=True).start()
print(server.server_address[1], flush=True)
sys.stdin.read()

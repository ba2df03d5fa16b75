#!/usr/bin/env python3
"""A TCP proxy of the tests' own: it passes bytes on unchanged until its test tells it to cut, or to fall silent.

One process serves all tests. A test sends lines of JSON to the control port and reads a line for each:
  {"open": "HOST:PORT"}       listens on a port of its own for that server: {"port": PORT}
  {"port": P, "fault": {…}}   sets the port's fault, and counts anew from here
  {"port": P, "fault": null}  heals it: connections that were silent are cut, new ones pass
  {"port": P}                 says what passed since the fault was set: {"connections": N, "down": BYTES, "up": BYTES, "cuts": N}

A fault says how (`kind`: reset, close, stall) and when: once `after` bytes passed from the server (`side`: down) or to it
(up), counted over all connections from the `first`-th on. With `times`, the connection that carries that byte is cut, the
count begins anew, and after so many cuts all is well. Without, every connection is cut, and every new one, until it is healed.
"""

import asyncio
import json
import socket
import struct
import threading

import supervise

CHUNK = 1 << 16


class Pair:
    """A client's connection and the one to the server behind it."""

    def __init__(self, number):
        self.number = number
        self.ends = []
        self.is_silent = False
        self.is_over = asyncio.Event()

    def end(self, kind):
        """A reset drops what is on its way; a close tells of an ordinary end; a stall tells nothing."""
        if kind == "stall":
            self.is_silent = True
            return
        for _, writer in self.ends:
            if kind == "reset":
                linger = struct.pack("ii", 1, 0)
                writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                writer.transport.abort()
            else:
                writer.close()
        self.is_over.set()


class Proxy:
    """A port, the server behind it, and what goes wrong between them."""

    def __init__(self, address):
        self.host, self.port = address.rsplit(":", 1)
        self.pairs = set()
        self.set(None)

    def set(self, fault):
        """Sets or takes away the fault, and counts anew."""
        for pair in [pair for pair in self.pairs if pair.is_silent]:
            pair.end("reset")
        self.fault = fault
        self.is_down = False
        self.counts = {"connections": 0, "down": 0, "up": 0, "cuts": 0}
        self.since_cut = {"down": 0, "up": 0}

    async def serve(self, reader, writer):
        """One connection, from its beginning to its end."""
        self.counts["connections"] += 1
        pair = Pair(self.counts["connections"])
        pair.ends.append((reader, writer))
        self.pairs.add(pair)
        try:
            if self.is_down:
                pair.end(self.fault["kind"])
            else:
                pair.ends.append(await asyncio.open_connection(self.host, self.port))
                down = self.copy(pair, "down", pair.ends[1][0], writer)
                up = self.copy(pair, "up", reader, pair.ends[1][1])
                await asyncio.gather(down, up)
            if pair.is_silent:
                await pair.is_over.wait()
        except OSError:
            pass  # One of the two ends went: so does the other.
        finally:
            pair.is_silent = False
            pair.end("close")
            self.pairs.discard(pair)

    async def copy(self, pair, side, reader, writer):
        """Passes bytes on in one direction."""
        while not pair.is_over.is_set() and not pair.is_silent:
            data = await reader.read(CHUNK)
            if pair.is_silent or pair.is_over.is_set():
                return
            if not data:
                return pair.end("close")
            room = self.room(pair, side)
            passed = data if room is None or len(data) < room else data[:room]
            self.counts[side] += len(passed)
            self.since_cut[side] += len(passed)
            writer.write(passed)
            await writer.drain()
            if room is not None and len(data) >= room:
                return self.cut(pair)

    def room(self, pair, side):
        """How many bytes may pass until the fault; none is told if it is not this connection's, or not there."""
        fault = self.fault
        if fault is None or fault["side"] != side or pair.number < fault.get("first", 1):
            return None
        return max(0, fault["after"] - self.since_cut[side])

    def cut(self, pair):
        """Lets the fault happen."""
        kind, times = self.fault["kind"], self.fault.get("times")
        self.counts["cuts"] += 1
        self.since_cut = {"down": 0, "up": 0}
        if times is not None:
            pair.end(kind)
            if self.counts["cuts"] >= times:
                self.fault = None
            return
        self.is_down = True
        for each in list(self.pairs):
            each.end(kind)


class Control:
    """What tests ask for."""

    def __init__(self):
        self.proxies = {}

    async def serve(self, reader, writer):
        """Answers line by line."""
        while line := await reader.readline():
            answer = await self.answer(json.loads(line))
            writer.write(json.dumps(answer).encode() + b"\n")
            await writer.drain()
        writer.close()

    async def answer(self, request):
        """Does what one line asks for."""
        if "open" in request:
            proxy = Proxy(request["open"])
            server = await asyncio.start_server(proxy.serve, "127.0.0.1", 0)
            port = server.sockets[0].getsockname()[1]
            self.proxies[port] = (proxy, server)
            return {"port": port}
        proxy, _ = self.proxies[request["port"]]
        counts = dict(proxy.counts)
        if "fault" in request:
            proxy.set(request["fault"])
        return counts


def start(_scratch):
    """Starts the loop on a thread of its own and waits for its control port."""
    ready, port = threading.Event(), []

    async def serve():
        control = await asyncio.start_server(Control().serve, "127.0.0.1", 0)
        port.append(control.sockets[0].getsockname()[1])
        ready.set()
        await control.serve_forever()

    threading.Thread(target=lambda: asyncio.run(serve()), daemon=True).start()
    if not ready.wait(supervise.PATIENCE_SECONDS):
        raise supervise.PortTaken("the proxy does not listen")
    return {"control": str(port[0])}


if __name__ == "__main__":
    supervise.run(start)

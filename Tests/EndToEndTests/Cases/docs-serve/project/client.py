"""Starts the server, asks for what is named, and ends it as Ctrl-C does."""
import signal
import subprocess
import sys
import urllib.error
import urllib.request

server = subprocess.Popen(["weir", "docs", "serve", "--port", "0"], stdout=subprocess.PIPE,
                          stderr=subprocess.DEVNULL, text=True)
line = server.stdout.readline()
address = next(word for word in line.split() if word.startswith("http://127.0.0.1:"))
print(line.strip().replace(address, "[ADDRESS]"))
for path in sys.argv[1:]:
    request = urllib.request.Request(address + path, headers={"Host": "evil.example"} if path == "/?evil" else {})
    try:
        answer = urllib.request.urlopen(request, timeout=20)
        print(path, answer.status, answer.headers["content-type"])
    except urllib.error.HTTPError as error:
        print(path, error.code, error.reason)
server.send_signal(signal.SIGINT)
print("exit", server.wait(20))

"""A mail server that takes everything and keeps nothing: ``python -m bench.sink``.

It prints its port, and answers as fast as it can: what is measured is who sends. As rented mail
servers do, it offers PIPELINING, and answers together what came together.
"""

from __future__ import annotations

import socket
import socketserver
import sys

ANSWERS = {
    b"EHLO": b"250-sink\r\n250-PIPELINING\r\n250 SIZE 10000000\r\n",
    b"HELO": b"250 sink\r\n",
    b"DATA": b"354 go on\r\n",
    b"QUIT": b"221 bye\r\n",
}
END = b"\r\n.\r\n"


class Talk(socketserver.BaseRequestHandler):
    """One client, until it hangs up."""

    def handle(self) -> None:
        """Answer every command, and take what follows DATA."""
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.sendall(b"220 sink\r\n")
        heard, is_content, verb = b"", False, b""
        while verb != b"QUIT" and (more := self.request.recv(1 << 18)):
            heard, said = heard + more, []
            while (end := heard.find(END if is_content else b"\r\n")) >= 0:
                if is_content:
                    heard, is_content = heard[end + len(END) :], False
                    said.append(b"250 ok\r\n")
                    continue
                verb, heard = heard[:4].upper(), heard[end + 2 :]
                is_content = verb == b"DATA"
                said.append(ANSWERS.get(verb, b"250 ok\r\n"))
            if said:
                self.request.sendall(b"".join(said))


class Sink(socketserver.ThreadingTCPServer):
    """All clients at once."""

    daemon_threads = True


def main() -> None:
    """Listen on a free port until whoever started this ends it."""
    with Sink(("127.0.0.1", 0), Talk) as sink:
        sys.stdout.write(f"{sink.server_address[1]}\n")
        sys.stdout.flush()
        sink.serve_forever()


if __name__ == "__main__":
    main()

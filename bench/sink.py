"""A mail server that takes everything and keeps nothing: ``python -m bench.sink``.

It prints its port, and answers as fast as it can: what is measured is who sends.
"""

from __future__ import annotations

import asyncio
import sys

ANSWERS = {
    b"EHLO": b"250-sink\r\n250 SIZE 10000000\r\n",
    b"HELO": b"250 sink\r\n",
    b"QUIT": b"221 bye\r\n",
}


async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Speak with one client until it hangs up."""
    writer.write(b"220 sink\r\n")
    while line := await reader.readline():
        verb = line[:4].upper()
        if verb == b"DATA":
            writer.write(b"354 go on\r\n")
            await writer.drain()
            await reader.readuntil(b"\r\n.\r\n")
        writer.write(ANSWERS.get(verb, b"250 ok\r\n"))
        await writer.drain()
        if verb == b"QUIT":
            break
    writer.close()


async def main() -> None:
    """Listen on a free port until whoever started this ends it."""
    server = await asyncio.start_server(serve, "127.0.0.1", 0, limit=10_000_000)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())

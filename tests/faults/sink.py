"""A mail server as a process of its own: takes everything after a pause, and writes down what came, in order.

`python -m tests.faults.sink LOG MILLISECONDS` listens on a port the system chose. LOG gets one line of JSON for each
of: `port`; `taken` (the whole mail is here), with its Message-ID and when; `doubt` (the connection ended after that
and before the next command, so that the sender may not have noted our yes).
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from pathlib import Path
from typing import Any

MESSAGE_ID = re.compile(rb"^Message-ID:\s*<([^>]+)>", re.IGNORECASE | re.MULTILINE)
ANSWERS = {b"EHLO": b"250 here\r\n", b"DATA": b"354 go on\r\n", b"QUIT": b"221 bye\r\n"}


class Sink:
    def __init__(self, log: Path, pause: float) -> None:
        self.log = log.open("a", buffering=1)
        self.pause = pause

    def write(self, **what: Any) -> None:
        self.log.write(json.dumps(what) + "\n")

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        open_question = ""  # the mail just taken, until the sender says something else
        try:
            await self._say(writer, b"220 here\r\n")
            while line := await reader.readline():
                open_question = ""
                verb = line.split()[0].upper()
                await self._say(writer, ANSWERS.get(verb, b"250 fine\r\n"))
                if verb == b"QUIT":
                    break
                if verb == b"DATA":
                    mail = await reader.readuntil(b"\r\n.\r\n")
                    found = MESSAGE_ID.search(mail)
                    open_question = found[1].decode() if found else "none"
                    self.write(event="taken", id=open_question, at=time.time())
                    await asyncio.sleep(self.pause)
                    await self._say(writer, b"250 taken\r\n")
        except (OSError, asyncio.IncompleteReadError):
            pass
        finally:
            if open_question:
                self.write(event="doubt", id=open_question)
            writer.close()

    async def _say(self, writer: asyncio.StreamWriter, words: bytes) -> None:
        writer.write(words)
        await writer.drain()


async def main(log: Path, milliseconds: float) -> None:
    sink = Sink(log, milliseconds / 1000)
    server = await asyncio.start_server(sink.talk, "127.0.0.1", 0, limit=2**22)
    sink.write(event="port", port=server.sockets[0].getsockname()[1])
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), float(sys.argv[2])))

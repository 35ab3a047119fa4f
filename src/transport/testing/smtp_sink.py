#!/usr/bin/python3
"""A real SMTP server for tests: takes mail on loopback and keeps each as a file.

    smtp_sink.py --port 0 --dir DIR     the first line on standard output is the bound port

Each mail becomes DIR/000001.eml (the bytes as sent, CRLF) beside DIR/000001.json with the
envelope {"from", "to": [...]}; the .json appears last and whole. What happens to a recipient
depends on the part before its @:
    deferred...   451 at RCPT TO               refused...   550 at RCPT TO
    busy...       452 after the content        spam...      554 after the content
    dropped...    kept, and the connection closed without a reply to the content
    slow...       kept, and the reply to the content comes after --slow-seconds
Ends at SIGTERM, or when standard input closes with --until-eof. Needs python3-aiosmtpd.
"""
import argparse
import asyncio
import json
import os
import signal
import sys

from aiosmtpd.smtp import SMTP


class Sink:
    def __init__(self, folder, slow_seconds):
        self.folder = folder
        self.slow_seconds = slow_seconds
        taken = [int(name[:6]) for name in os.listdir(folder) if name.endswith(".eml")]
        self.count = max(taken, default=0)

    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("deferred"):
            return "451 4.3.0 try again later"
        if address.startswith("refused"):
            return "550 5.1.1 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        names = [address.split("@")[0] for address in envelope.rcpt_tos]
        if any(name.startswith("busy") for name in names):
            return "452 4.2.2 mailbox is full for now"
        if any(name.startswith("spam") for name in names):
            return "554 5.7.1 not accepted"
        number = self.keep(envelope)
        if any(name.startswith("dropped") for name in names):
            server.transport.abort()
            return "421 gone"
        if any(name.startswith("slow") for name in names):
            await asyncio.sleep(self.slow_seconds)
        return f"250 kept as {number:06}"

    def keep(self, envelope):
        self.count += 1
        stem = os.path.join(self.folder, f"{self.count:06}")
        with open(stem + ".eml", "wb") as file:
            file.write(envelope.original_content)
        with open(stem + ".part", "w", encoding="utf-8") as file:
            json.dump({"from": envelope.mail_from, "to": envelope.rcpt_tos}, file)
        os.replace(stem + ".part", stem + ".json")
        return self.count


async def serve(arguments):
    sink = Sink(arguments.dir, arguments.slow_seconds)
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(sink, hostname="sink.test", enable_SMTPUTF8=True, loop=loop),
        "127.0.0.1", arguments.port)
    print(server.sockets[0].getsockname()[1], flush=True)
    ended = asyncio.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(name, ended.set)
    if arguments.until_eof:
        loop.run_in_executor(None, lambda: (sys.stdin.read(), loop.call_soon_threadsafe(ended.set)))
    await ended.wait()
    server.close()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--dir", required=True)
    parser.add_argument("--slow-seconds", type=float, default=5)
    parser.add_argument("--until-eof", action="store_true")
    arguments = parser.parse_args()
    os.makedirs(arguments.dir, exist_ok=True)
    asyncio.run(serve(arguments))


if __name__ == "__main__":
    main()

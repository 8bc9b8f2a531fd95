"""A mail server on a real socket: takes letters, refuses them, hangs up in the middle; knows what it took."""

import email
import email.policy
import socketserver
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage


@dataclass
class MailServer:
    """recipients: {address: reply to RCPT}. sender, data: replies to MAIL and to the letter's end, "" = it is taken.
    hang_up: how many letters are cut off before they are taken; mute: how many are taken without a word, and cut off.
    slow: seconds before a letter is taken."""

    port: int = 0
    recipients: dict[str, str] = field(default_factory=dict)
    sender: str = ""
    data: str = ""
    hang_up: int = 0
    mute: int = 0
    slow: float = 0
    connections: int = 0
    letters: list[tuple[str, EmailMessage]] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def take(self, recipient: str, raw: bytes) -> None:
        self.letters.append((recipient, email.message_from_bytes(raw, policy=email.policy.default)))

    @property
    def received(self) -> list[str]:
        """Addresses of whom it took letters for, in that order."""
        return [recipient for recipient, _message in self.letters]

    @property
    def copies(self) -> list[int]:
        """How often each letter came, by its Message-ID."""
        return sorted(Counter(message["Message-ID"] for _recipient, message in self.letters).values())

    def last(self) -> EmailMessage:
        return self.letters[-1][1]


class Conversation(socketserver.StreamRequestHandler):
    """One connection, as RFC 5321 has it."""

    server: "Listener"

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())

    def handle(self) -> None:
        house = self.server.house
        with house.lock:
            house.connections += 1
        self.say("220 sink")
        recipient = ""
        while line := self.rfile.readline().decode().strip():
            word = line[:4].upper()
            if word == "MAIL":
                self.say(house.sender or "250 ok")
            elif word == "RCPT":
                recipient = line.partition("<")[2].partition(">")[0]
                self.say(house.recipients.get(recipient, "250 ok"))
            elif word == "DATA":
                self.say("354 go on")
                if not self.end_of(house, recipient, self.letter()):
                    return
            else:
                self.say("221 bye" if word == "QUIT" else "250 ok")
                if word == "QUIT":
                    return

    def letter(self) -> bytes:
        lines = []
        while (line := self.rfile.readline()) != b".\r\n":
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return b"".join(lines)

    def end_of(self, house: MailServer, recipient: str, raw: bytes) -> bool:
        """False where the connection ends here."""
        time.sleep(house.slow)
        with house.lock:
            if house.hang_up:
                house.hang_up -= 1
                return False
            if house.data:
                self.say(house.data)
                return True
            house.take(recipient, raw)
            if house.mute:
                house.mute -= 1
                return False
        self.say("250 taken")
        return True


class Listener(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, house: MailServer) -> None:
        self.house = house
        super().__init__(("127.0.0.1", house.port), Conversation)
        house.port = self.server_address[1]


@contextmanager
def listening(house: MailServer) -> Iterator[MailServer]:
    """The server answers on its port, a free one where it has none yet, as long as the block lasts."""
    with Listener(house) as listener:
        thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield house
        finally:
            listener.shutdown()
            thread.join()

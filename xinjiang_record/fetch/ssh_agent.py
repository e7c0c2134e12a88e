"""Sign with an Ed25519 key of a running ssh-agent, which never gives the key away.

The agent's protocol is two messages here: list the keys (11), and sign (13). See
draft-miller-ssh-agent. An Ed25519 signature of an agent is over the data as they are.
"""

from __future__ import annotations

import socket
import struct
from dataclasses import dataclass

from xinjiang_record.errors import EnvironmentFault

LIST_KEYS, KEYS, SIGN, SIGNATURE = 11, 12, 13, 14
ED25519 = b"ssh-ed25519"
AGENT_SECONDS = 60  # a person may have to confirm
MOST_BYTES = 1 << 18  # of an answer


@dataclass(frozen=True, slots=True)
class AgentKey:
    """Hold one Ed25519 key of an agent: its 32 public bytes, its comment and its wire form."""

    public: bytes
    comment: str
    blob: bytes


def list_agent_keys(address: str) -> list[AgentKey]:
    """Return the Ed25519 keys of the agent at the socket ``address`` (SSH_AUTH_SOCK)."""
    answer = _ask(address, bytes([LIST_KEYS]), KEYS)
    (count,), rest = struct.unpack(">I", answer[:4]), answer[4:]
    found = []
    for _ in range(count):
        blob, rest = _take(rest)
        comment, rest = _take(rest)
        kind, key = _take(blob)
        if kind == ED25519:
            found.append(AgentKey(_take(key)[0], comment.decode("utf-8", "replace"), blob))
    return found


def sign_with_agent(address: str, key: AgentKey, data: bytes) -> bytes:
    """Return the 64 bytes of the agent's signature over ``data``."""
    answer = _ask(
        address,
        bytes([SIGN]) + _give(key.blob) + _give(data) + struct.pack(">I", 0),
        SIGNATURE,
    )
    kind, rest = _take(_take(answer)[0])
    if kind != ED25519:
        raise EnvironmentFault(f"ssh-agent: expected an Ed25519 signature, got {kind!r}.")
    return _take(rest)[0]


def _ask(address: str, message: bytes, expected: int) -> bytes:
    try:
        with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
            agent.settimeout(AGENT_SECONDS)
            agent.connect(address)
            agent.sendall(_give(message))
            (size,) = struct.unpack(">I", _receive(agent, 4))
            if not 0 < size <= MOST_BYTES:
                raise EnvironmentFault(f"ssh-agent: an answer of {size} bytes.")
            answer = _receive(agent, size)
    except (OSError, struct.error) as error:
        raise EnvironmentFault(
            f"ssh-agent at {address}: {error}. Is it running, and is SSH_AUTH_SOCK its socket?"
        ) from error
    if answer[0] != expected:
        raise EnvironmentFault("ssh-agent: refused. Is the key loaded (ssh-add -l)?")
    return answer[1:]


def _receive(agent: socket.socket, size: int) -> bytes:
    data = b""
    while len(data) < size:
        piece = agent.recv(size - len(data))
        if not piece:
            raise OSError("the connection was closed")
        data += piece
    return data


def _give(data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + data


def _take(data: bytes) -> tuple[bytes, bytes]:
    if len(data) < 4:
        raise EnvironmentFault("ssh-agent: an answer that ends too early.")
    (size,) = struct.unpack(">I", data[:4])
    if len(data) < 4 + size:
        raise EnvironmentFault("ssh-agent: an answer that ends too early.")
    return data[4 : 4 + size], data[4 + size :]

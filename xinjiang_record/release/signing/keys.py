"""Find the keys to sign with: in a file, in ssh-agent, or in an environment variable of a CI.

A key is written as ``file:PATH``, ``agent:COMMENT`` or ``env:NAME``. Keys are Ed25519. A private
key is never written into a checkout.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from securesystemslib.signer import CryptoSigner, Key, Signature, Signer, SSlibKey

from xinjiang_record import files, settings
from xinjiang_record.errors import LimitError, ReadError, UsageError
from xinjiang_record.fetch.ssh_agent import AgentKey, list_agent_keys, sign_with_agent
from xinjiang_record.untrusted.regular_files import read_regular_file
from xinjiang_record.untrusted.safe_paths import path_problem

PASSPHRASE = "XRECORD_SIGNING_PASSPHRASE"  # environment variable, for encrypted key files
DEFAULT = "env:XRECORD_SIGNING_KEY"  # where a CI puts the key
FORMS = "file:PATH, agent:COMMENT or env:NAME"


class AgentSigner(Signer):
    """Sign with a key that stays in ssh-agent."""

    def __init__(self, address: str, key: AgentKey) -> None:
        """Take the agent's socket and one of its keys."""
        self._address, self._key = address, key
        self._public_key = SSlibKey.from_crypto(Ed25519PublicKey.from_public_bytes(key.public))

    @property
    def public_key(self) -> Key:
        """Return the public key."""
        return self._public_key

    @classmethod
    def from_priv_key_uri(
        cls, priv_key_uri: str, public_key: Key, secrets_handler: Any = None
    ) -> Signer:
        """Refuse: signers are made by ``open_signer``."""
        raise NotImplementedError

    def sign(self, payload: bytes) -> Signature:
        """Return the agent's signature."""
        signed = sign_with_agent(self._address, self._key, payload)
        return Signature(self._public_key.keyid, signed.hex())


def open_signer(where: str) -> Signer:
    """Return the signer for a key, written as ``FORMS`` says.

    Raises:
        UsageError: The key does not exist, or is not an Ed25519 key.
        EnvironmentFault: The agent does not answer.
    """
    kind, _, name = where.partition(":")
    if kind == "file" and name:
        return _signer_of(_read_key(name), name)
    if kind == "env" and name:
        text = settings.environment(name)
        if not text:
            raise UsageError(f"The environment variable {name} is not set: expected a private key.")
        return _signer_of(text.encode(), name)
    if kind == "agent":
        return _open_agent(name)
    raise UsageError(f"{where!r} does not say where a key is: expected {FORMS}.")


def _open_agent(name: str) -> Signer:
    address = settings.environment("SSH_AUTH_SOCK")
    if not address:
        raise UsageError("SSH_AUTH_SOCK is not set: no ssh-agent runs here.")
    keys = list_agent_keys(address)
    found = [key for key in keys if not name or key.comment == name]
    if len(found) != 1:
        known = ", ".join(key.comment for key in keys) or "none"
        raise UsageError(
            f"ssh-agent: expected one Ed25519 key named {name!r}, got {len(found)}. "
            f"There are: {known}."
        )
    return AgentSigner(address, found[0])


def _read_key(name: str) -> bytes:
    """Return the bytes of a file with a private key, which nobody else may read."""
    try:
        path = Path(name).expanduser()
        mode = stat.S_IMODE(path.stat().st_mode)
        data = read_regular_file(path, "descriptor_bytes", follow_link=True)
    except OSError as error:
        raise UsageError(f"{name}: cannot be read ({error.strerror}).") from error
    except (ValueError, RuntimeError, ReadError, LimitError) as error:  # NUL, an unknown user
        raise UsageError(f"{name!r}: expected the file of a private key ({error}).") from error
    if mode & 0o077:
        raise UsageError(
            f"{name}: others can read or change this private key (mode {mode:04o}): "
            f"expected mode 0600. Run: chmod 600 {name}"
        )
    return data


def _signer_of(data: bytes, shown: str) -> Signer:
    secret = settings.environment(PASSPHRASE).encode() or None
    load = (
        serialization.load_ssh_private_key
        if b"OPENSSH PRIVATE KEY" in data
        else serialization.load_pem_private_key
    )
    try:
        key = load(data, password=secret)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise UsageError(
            f"{shown}: is not a private key that can be read ({error}). "
            f"If it has a passphrase, set {PASSPHRASE}."
        ) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise UsageError(f"{shown}: expected an Ed25519 key, got another kind.")
    return CryptoSigner(key)


def read_public_key(path: Path) -> Key:
    """Return a public key from a file in PEM or in OpenSSH's form (``ssh-ed25519 AAAA...``)."""
    try:
        data = read_regular_file(path.expanduser(), "descriptor_bytes", follow_link=True)
        load = (
            serialization.load_ssh_public_key
            if data.startswith(b"ssh-")
            else serialization.load_pem_public_key
        )
        key = load(data)
    except (
        *(OSError, ValueError, RuntimeError, UnsupportedAlgorithm),
        *(ReadError, LimitError),
    ) as error:
        raise UsageError(f"{path}: is not a public key that can be read ({error}).") from error
    if not isinstance(key, Ed25519PublicKey):
        raise UsageError(f"{path}: expected an Ed25519 key, got another kind.")
    return SSlibKey.from_crypto(key)


def make_key(path: Path, checkout: Sequence[Path]) -> Key:
    """Write a new private key to ``path``, readable by its owner only, and PATH.pub next to it.

    Raises:
        UsageError: The path is inside a checkout, a file exists, or its name is not of letters,
            digits, dots, hyphens and underscores.
    """
    try:
        path = path.expanduser().resolve()
        public_path = path.with_name(f"{path.name}.pub")
    except (OSError, ValueError, RuntimeError) as error:  # NUL, an unknown user, no name
        raise UsageError(f"{str(path)!r}: expected the path of a new file ({error}).") from error
    # A name that a shell or another program reads as an option or as something else is a trap.
    if problem := path_problem(path.name) or path_problem(public_path.name):
        raise UsageError(
            f"{path.name!r}: expected a file name of the letters a to z, digits, and . _ - "
            f"within it, such as record.pem ({problem}). No key was made."
        )
    if path.suffix == ".pub":
        raise UsageError(
            f"{path}: ends as the file of a public key does: expected another ending, such as "
            ".pem. No key was made."
        )
    if any(path.is_relative_to(folder) for folder in checkout):
        raise UsageError(f"{path}: is inside the checkout. Keep private keys outside of it.")
    for one in (path, public_path):
        if os.path.lexists(one):
            raise UsageError(f"{one}: already exists. A key is never overwritten.")
    signer = CryptoSigner.generate_ed25519()
    secret = settings.environment(PASSPHRASE).encode()
    key = serialization.load_pem_private_key(signer.private_bytes, password=None)
    form = serialization.BestAvailableEncryption(secret) if secret else serialization.NoEncryption()
    data = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, form)
    files.write_secret(path, data)
    public = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    files.write_bytes(public_path, public + b"\n")
    return signer.public_key


def default_keys() -> list[str]:
    """Return where the keys are if the caller names none: the CI's variable, if it is set."""
    return [DEFAULT] if settings.environment(DEFAULT.removeprefix("env:")) else []

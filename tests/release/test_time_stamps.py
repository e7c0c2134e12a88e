"""Time stamps (RFC 3161): what is asked for, and what an answer proves."""

from __future__ import annotations

import shutil
import subprocess
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from xinjiang_record.cli.release_commands.verify import verify as command
from xinjiang_record.errors import UsageError, VerifyError
from xinjiang_record.release.integrity.checksums import hash_sums
from xinjiang_record.release.signing.time_stamp import build_time_stamp_request
from xinjiang_record.release.signing.verify_time_stamp import verify_time_stamp

pytestmark = pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
NOW = datetime.now(UTC)
CONFIG = """[tsa]
default_tsa = here
[here]
serial = {folder}/serial
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha3-256
ess_cert_id_alg = sha256
"""
Key = ec.EllipticCurvePrivateKey


def certificate(
    name: str, key: Key, issuer: str, issuer_key: Key, days: tuple[int, int], is_root: bool
) -> x509.Certificate:
    names = [x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)]) for text in (name, issuer)]
    usage = {"digital_signature": not is_root, "key_cert_sign": is_root, "crl_sign": is_root}
    others = ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
              "encipher_only", "decipher_only")  # fmt: skip
    made = (
        x509.CertificateBuilder(names[1], names[0], key.public_key(), x509.random_serial_number())
        .not_valid_before(NOW + timedelta(days[0]))
        .not_valid_after(NOW + timedelta(days[1]))
        .add_extension(x509.BasicConstraints(is_root, None), critical=True)
        .add_extension(x509.KeyUsage(**usage, **dict.fromkeys(others, False)), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()),
            critical=False,
        )
    )
    if not is_root:
        stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
        made = made.add_extension(stamping, critical=True)
    return made.sign(issuer_key, hashes.SHA256())


class Authority:
    """A time-stamping authority of its own: a root, and a certificate for time stamps."""

    def __init__(self, folder: Path, name: str, days: tuple[int, int] = (-1, 30)) -> None:
        folder.mkdir()
        self.folder, self.root = folder, folder / "root.pem"
        keys = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        root = certificate(name, keys[0], name, keys[0], (-9, 300), True)
        stamper = certificate("Stamper", keys[1], name, keys[0], days, False)
        for path, made in ((self.root, root), (folder / "stamper.pem", stamper)):
            path.write_bytes(made.public_bytes(serialization.Encoding.PEM))
        (folder / "key.pem").write_bytes(
            keys[1].private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.PKCS8,
                serialization.NoEncryption(),
            )
        )
        (folder / "serial").write_text("01\n")
        (folder / "openssl.cnf").write_text(CONFIG.format(folder=folder))

    def answer(self, request: bytes, name: str) -> Path:
        query, reply = self.folder / f"{name}.tsq", self.folder / f"{name}.tsr"
        signer = str(self.folder / "stamper.pem")
        query.write_bytes(request)
        subprocess.run(
            ["openssl", "ts", "-reply", "-config", str(self.folder / "openssl.cnf"),
             "-section", "here", "-queryfile", str(query), "-signer", signer,
             "-inkey", str(self.folder / "key.pem"), "-out", str(reply)],
            check=True, capture_output=True,
        )  # fmt: skip
        return reply


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("stamps") / "authority", "Authority of the test")


@pytest.fixture(scope="module")
def release(published_once: Path) -> Path:
    return published_once / "made-up/1.2.0"


@pytest.fixture(scope="module")
def stamp(authority: Authority, release: Path) -> Path:
    return authority.answer(build_time_stamp_request(hash_sums(release)), "good")


def test_a_request_is_what_openssl_writes(release: Path, tmp_path: Path) -> None:
    theirs = tmp_path / "theirs.tsq"
    query = ("openssl", "ts", "-query", "-sha256", "-cert", "-no_nonce")
    sums = ("-data", str(release / "SHA256SUMS"))
    subprocess.run([*query, *sums, "-out", str(theirs)], check=True, capture_output=True)
    assert build_time_stamp_request(hash_sums(release)) == theirs.read_bytes()


@pytest.mark.parametrize("release_id", ["", "ab" * 31, "ab" * 33])
def test_a_request_is_for_a_whole_hash(release_id: str) -> None:
    with pytest.raises(ValueError, match="expected 32 bytes"):
        build_time_stamp_request(release_id)


def test_an_answer_proves_the_time(release: Path, stamp: Path, authority: Authority) -> None:
    proved = verify_time_stamp(release, stamp, authority.root)
    assert abs(proved.time - NOW) < timedelta(hours=1)
    assert proved.authority == "CN=Authority of the test"


def test_it_is_proved_of_one_release_only(release: Path, stamp: Path, authority: Authority) -> None:
    with pytest.raises(VerifyError, match="stamps something else"):
        verify_time_stamp(release.with_name("1.1.0"), stamp, authority.root)
    request = build_time_stamp_request(hash_sums(release))
    sha256, sha3_256 = (bytes.fromhex(f"06096086480165030402{end}") for end in ("01", "08"))
    same_digits = authority.answer(request.replace(sha256, sha3_256), "sha3")
    with pytest.raises(VerifyError, match="stamps something else"):
        verify_time_stamp(release, same_digits, authority.root)


def test_another_authority_proves_nothing(release: Path, stamp: Path, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other", "Authority of the test")
    with pytest.raises(VerifyError, match="does not lead to a certificate in"):
        verify_time_stamp(release, stamp, other.root)


def test_a_certificate_that_had_expired_proves_nothing(release: Path, tmp_path: Path) -> None:
    late = Authority(tmp_path / "late", "Late", (-8, -2))
    answer = late.answer(build_time_stamp_request(hash_sums(release)), "late")
    with pytest.raises(VerifyError, match="does not prove a time"):
        verify_time_stamp(release, answer, late.root)


def test_every_changed_byte_that_matters_is_noticed(
    release: Path, stamp: Path, authority: Authority, tmp_path: Path
) -> None:
    """Whatever byte is another one: refused, or the same time is proved."""
    good, time = stamp.read_bytes(), verify_time_stamp(release, stamp, authority.root).time
    changed, refused = tmp_path / "changed.tsr", 0
    for place in range(0, len(good), 7):
        changed.write_bytes(good[:place] + bytes([good[place] ^ 1]) + good[place + 1 :])
        try:
            assert verify_time_stamp(release, changed, authority.root).time == time
        except VerifyError:
            refused += 1
    assert refused > len(range(0, len(good), 7)) / 2


def test_what_is_no_answer(release: Path, authority: Authority, tmp_path: Path) -> None:
    refused = authority.answer(b"x", "refused")
    with pytest.raises(VerifyError, match=r"the authority refused \(status 2"):
        verify_time_stamp(release, refused, authority.root)
    page = tmp_path / "page.tsr"
    page.write_text("<html>Not found</html>")
    with pytest.raises(VerifyError, match="got something else"):
        verify_time_stamp(release, page, authority.root)
    with pytest.raises(UsageError, match="expected certificates in PEM"):
        verify_time_stamp(release, refused, page)
    with pytest.raises(UsageError, match="cannot be read"):
        verify_time_stamp(release, tmp_path / "nothing", authority.root)


def test_the_command(release: Path, stamp: Path, authority: Authority) -> None:
    options = ["--path", str(release), "--stamp", str(stamp)]
    done = CliRunner().invoke(command, [*options, "--authority", str(authority.root)])
    assert done.exit_code == 0 and "It existed on 2" in done.output
    assert "as CN=Authority of the test certifies." in done.output
    other = ["--path", str(release.with_name("1.1.0")), *options[2:]]
    done = CliRunner().invoke(command, [*other, "--authority", str(authority.root)])
    assert done.exit_code == 1 and "stamps something else" in done.output
    assert isinstance(CliRunner().invoke(command, options).exception, UsageError)
    package = ["--path", str(release.parent), *options[2:], "--authority", str(authority.root)]
    done = CliRunner().invoke(command, package)
    assert isinstance(done.exception, UsageError) and "of one release" in str(done.exception)

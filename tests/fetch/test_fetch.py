"""Fetching: what is refused, by which rule, and that nothing is left behind."""

from __future__ import annotations

import dataclasses
import datetime
import ipaddress
import resource
import ssl
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import hostile_server
import pytest
from hostile_server import PAGE, HostileServer

from xinjiang_record.errors import FetchError, LimitError, UsageError, XRecordError
from xinjiang_record.fetch.connection import is_public
from xinjiang_record.fetch.http_client import Policy, fetch, host_of
from xinjiang_record.limits import LIMITS, MIB

HOSTS = frozenset({"source.test"})


@pytest.fixture
def server() -> Iterator[HostileServer]:
    with hostile_server.serving() as running:
        yield running


def loopback(server: HostileServer, **limits: int) -> Policy:
    """The rules of the open internet, but for http on this test's own port of loopback."""
    return Policy(
        schemes=frozenset({"http"}),
        ports=frozenset({server.server_port}),
        allows=lambda address: address == ipaddress.ip_address("127.0.0.1"),
        resolver=lambda host, port: ["127.0.0.1"] if host.endswith("source.test") else ["10.0.0.1"],
        limits=dataclasses.replace(
            LIMITS, **{"download_seconds": 30, "download_bytes": MIB, **limits}
        ),
    )


def url(server: HostileServer, path: str) -> str:
    return f"http://source.test:{server.server_port}/{path}"


def test_a_sound_page_comes_with_its_type_charset_and_hops(server: HostileServer) -> None:
    fetched = fetch(url(server, "moved"), hosts=HOSTS, policy=loopback(server))
    assert (fetched.body, fetched.media_type, fetched.charset) == (PAGE, "text/html", "utf-8")
    assert [(hop.status, hop.url.rpartition("/")[2]) for hop in fetched.hops] == [
        (302, "moved"),
        (200, "page"),
    ]
    asked = server.asked[-1][1]
    assert (
        asked["Accept-Encoding"] == "identity"
        and "Cookie" not in asked
        and "contact" not in asked["User-Agent"]
    )


def test_gzip_that_was_not_asked_for_is_undone_within_the_limit(server: HostileServer) -> None:
    fetched = fetch(url(server, "gzip"), hosts=HOSTS, policy=loopback(server))
    assert fetched.body == PAGE and fetched.raw_bytes < len(PAGE) + 100


def test_a_page_without_length_is_read_to_its_end(server: HostileServer) -> None:
    assert fetch(url(server, "no-length"), hosts=HOSTS, policy=loopback(server)).body == PAGE


def test_what_has_not_changed_is_not_sent_again(server: HostileServer) -> None:
    first = fetch(url(server, "conditional"), hosts=HOSTS, policy=loopback(server))
    again = fetch(
        url(server, "conditional"), hosts=HOSTS, etag=first.header("etag"), policy=loopback(server)
    )
    assert (again.status, again.body) == (304, b"")


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("elsewhere", "host 'elsewhere.test', which is not allowed"),
        ("to-file", "not http"),
        ("to-ftp", "not http"),
        ("to-metadata", "'169.254.169.254', which is not allowed"),
        ("to-user", "user name"),
        ("to-port", "port 22"),
        ("to-nowhere", "and no location"),
        ("to-nonsense", "to-nonsense"),
        ("to-punycode", "A-label"),
        ("loop", "redirects more than 5 times"),
        ("broken", "status 500"),
        ("truncated", "connection broke"),
        ("garbage", "connection broke"),
        ("endless-headers", "connection broke"),
        ("gzip-lie", "broken gzip"),
        ("brotli", "sends its body in 'br'"),
        ("empty", "empty body"),
        ("report.pdf", "error page with status 200"),
        ("false-pdf", "does not begin like one"),
    ],
)
def test_a_wrong_answer_is_refused_with_its_reason(
    server: HostileServer, path: str, reason: str
) -> None:
    with pytest.raises(FetchError, match=r"Nothing was stored\.$") as caught:
        fetch(url(server, path), hosts=HOSTS, policy=loopback(server))
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("path", "reason"), [("big", "declares"), ("endless", "sends over"), ("long-lie", "declares")]
)
def test_too_much_is_refused(server: HostileServer, path: str, reason: str) -> None:
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LimitError, match=f"{reason}.*download_bytes"):
        fetch(url(server, path), hosts=HOSTS, policy=loopback(server))
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 30 * 1024


def test_a_bomb_is_stopped_by_what_comes_out(server: HostileServer) -> None:
    with pytest.raises(LimitError, match="the body"):
        fetch(url(server, "gzip-bomb"), hosts=HOSTS, policy=loopback(server))


@pytest.mark.parametrize("path", ["drip", "slow-headers", "silent"])
def test_the_deadline_is_of_the_whole_download(server: HostileServer, path: str) -> None:
    start = time.monotonic()
    with pytest.raises(FetchError, match="download_seconds"):
        fetch(url(server, path), hosts=HOSTS, policy=loopback(server, download_seconds=1))
    assert 0.9 < time.monotonic() - start < 3.5  # the server takes 4 to 5 s


def test_a_resolver_that_hangs_ends_at_the_deadline(server: HostileServer) -> None:
    def hang(host: str, port: int) -> Sequence[str]:
        time.sleep(2)
        return []

    policy = dataclasses.replace(loopback(server, download_seconds=1), resolver=hang)
    with pytest.raises(FetchError, match="did not come within"):
        fetch(url(server, "page"), hosts=HOSTS, policy=policy)


def test_a_name_is_resolved_once_and_every_address_checked(server: HostileServer) -> None:
    answers: list[list[str]] = [["127.0.0.1"], ["10.0.0.1"]]
    policy = dataclasses.replace(loopback(server), resolver=lambda host, port: answers.pop(0))
    assert fetch(url(server, "page"), hosts=HOSTS, policy=policy).body == PAGE
    assert len(answers) == 1
    mixed = dataclasses.replace(policy, resolver=lambda host, port: ["127.0.0.1", "192.168.0.1"])
    with pytest.raises(FetchError, match=r"192\.168\.0\.1, which is not on the open internet"):
        fetch(url(server, "page"), hosts=HOSTS, policy=mixed)
    assert len(server.asked) == 1


def test_the_standard_policy_refuses_http_loopback_and_private_names(server: HostileServer) -> None:
    private = Policy(resolver=lambda host, port: ["127.0.0.1"])
    for address in ("https://source.test/", "http://source.test/"):  # http is asked over https
        with pytest.raises(FetchError, match=r"127\.0\.0\.1, which is not on the open internet"):
            fetch(address, hosts=HOSTS, policy=private)
    with pytest.raises(FetchError, match="port"):
        fetch(f"https://source.test:{server.server_port}/", hosts=HOSTS, policy=private)
    assert not server.asked


@pytest.mark.parametrize(
    "text",
    [
        "127.0.0.1",
        "10.1.2.3",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::1",
        "::",
        "fe80::1",
        "fc00::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "::ffff:8.8.8.8",
        "64:ff9b::7f00:1",
        "64:ff9b:1::1",
        "64:ff9b::808:808",
        "2002:7f00:1::",
        "2001:db8::1",
        "fe80::1%eth0",
    ],
)
def test_addresses_that_are_not_public(text: str) -> None:
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("path", ["type-brackets", "type-digits"])
def test_an_odd_type_is_refused_or_taken_as_bytes(server: HostileServer, path: str) -> None:
    try:
        fetched = fetch(url(server, path), hosts=HOSTS, policy=loopback(server))
    except FetchError as error:
        assert "Nothing was stored." in str(error)
    else:
        assert fetched.charset == ""


def test_tiny_chunks_without_end_are_refused(server: HostileServer) -> None:
    with pytest.raises(LimitError, match="as tiny chunks"):
        fetch(url(server, "tiny-chunks"), hosts=HOSTS, policy=loopback(server))


@pytest.mark.parametrize("text", ["8.8.8.8", "2606:4700::1111"])
def test_addresses_that_are_public(text: str) -> None:
    assert is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    "text",
    [
        "file:///etc/passwd",
        "ftp://a.b/",
        "/etc/passwd",
        "",
        "http://",
        "https://[::1",
        "data:,x",
        "a\nb",
        "http://xn--/",
        "http://xn--a/",
    ],
)
def test_what_is_no_web_address(text: str) -> None:
    with pytest.raises(UsageError):
        host_of(text)


def test_hosts_are_compared_in_their_plain_form() -> None:
    assert host_of("https://WWW.Example.ORG./x") == "www.example.org"
    assert host_of("https://bücher.example/") == "xn--bcher-kva.example"
    with pytest.raises(FetchError, match="not allowed"):
        fetch("https://2130706433/", hosts=HOSTS)


def test_tls_goes_to_the_checked_address_under_the_right_name(tmp_path: Path) -> None:
    server_side, trusting = certificate(tmp_path, "source.test")
    with hostile_server.serving(server_side) as server:
        policy = dataclasses.replace(
            loopback(server), schemes=frozenset({"https"}), ssl_context=trusting
        )
        address = f"https://source.test:{server.server_port}/page"
        assert fetch(address, hosts=HOSTS, policy=policy).body == PAGE
        with pytest.raises(FetchError, match="certificate"):
            fetch(address, hosts=HOSTS, policy=dataclasses.replace(policy, ssl_context=None))
        other = address.replace("source.test", "other-source.test")
        with pytest.raises(FetchError, match="certificate"):
            fetch(other, hosts=frozenset({"other-source.test"}), policy=policy)


def certificate(folder: Path, name: str) -> tuple[ssl.SSLContext, ssl.SSLContext]:
    """A server's context with a certificate made now, and a client's that trusts only it."""
    x509 = pytest.importorskip("cryptography.x509")
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
    today = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(today - datetime.timedelta(days=1))
        .not_valid_after(today + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
        .sign(key, hashes.SHA256())
    )
    plain = serialization.NoEncryption()
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain
    )
    path = folder / "both.pem"
    path.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    server_side = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server_side.load_cert_chain(path)
    return server_side, ssl.create_default_context(
        cadata=made.public_bytes(serialization.Encoding.PEM).decode()
    )


_CONNECTED: list[object] = []
_WATCHING = [False]


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if _WATCHING[0] and event == "socket.connect":
        _CONNECTED.append(arguments[1])


def test_no_connection_goes_anywhere_else(server: HostileServer) -> None:
    sys.addaudithook(_hook)
    _WATCHING[0] = True
    try:
        for path in ("page", "elsewhere", "to-file", "to-metadata", "to-user", "to-port", "loop"):
            try:
                fetch(url(server, path), hosts=HOSTS, policy=loopback(server))
            except XRecordError:
                continue
    finally:
        _WATCHING[0] = False
    assert _CONNECTED and set(_CONNECTED) == {("127.0.0.1", server.server_port)}

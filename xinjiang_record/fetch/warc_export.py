"""Write the exchange of one download as WARC: a request and a response for each hop."""

from __future__ import annotations

import io

from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from xinjiang_record.fetch.http_client import Fetched
from xinjiang_record.fetch.light_httpx import httpx


def exchange(fetched: Fetched) -> bytes:
    """Return a gzipped WARC 1.0 of all hops.

    The last response holds the content as stored, so a transfer compression is not in its headers.
    """
    out = io.BytesIO()
    writer = WARCWriter(out, gzip=True)
    when = fetched.started_at.strftime("%Y-%m-%dT%H:%M:%SZ")
    for hop in fetched.hops:
        url = httpx.URL(hop.url)
        body = fetched.body if hop is fetched.hops[-1] else b""
        reason = httpx.codes.get_reason_phrase(hop.status)
        kept = [
            (name, value)
            for name, value in hop.headers
            if name not in ("content-encoding", "transfer-encoding", "set-cookie")
        ]
        response = writer.create_warc_record(
            hop.url,
            "response",
            payload=io.BytesIO(body),
            length=len(body),  # without it the library writes a temporary file
            http_headers=StatusAndHeaders(f"{hop.status} {reason}", kept, protocol="HTTP/1.1"),
            warc_headers_dict={"WARC-Date": when},
        )
        sent = [("Host", url.netloc.decode("ascii")), *fetched.request_headers.items()]
        target = url.raw_path.decode("ascii")
        request = writer.create_warc_record(
            hop.url,
            "request",
            payload=io.BytesIO(),
            length=0,
            http_headers=StatusAndHeaders(f"GET {target} HTTP/1.1", sent, is_http_request=True),
            warc_headers_dict={"WARC-Date": when},
        )
        writer.write_request_response_pair(request, response)
    return out.getvalue()

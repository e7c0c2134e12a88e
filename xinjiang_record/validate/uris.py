"""One conservative pattern for URIs: what it accepts, Frictionless's ``format: uri`` accepts too."""

# A subset of what rfc3986's validator passes when a scheme is required: plain scheme, a registered name or nothing as the host (no
# IP literal, no dotted-digit look-alike is needed: digits and dots are a valid registered name for it as well), a short port,
# and ASCII in path, query and fragment, percent signs only before two hexadecimal digits.
_CHARS = r"(?:[A-Za-z0-9\-._~!$&'()*+,;=:@]|%[0-9A-Fa-f]{2})"
_HOST = r"[A-Za-z][A-Za-z0-9\-]*(?:\.[A-Za-z][A-Za-z0-9\-]*)*"
PROOF = (
    r"\A[A-Za-z][A-Za-z0-9]*://"
    + _HOST
    + r"(?::[1-9][0-9]{0,3})?(?:/"
    + _CHARS
    + r"*)*(?:\?(?:"
    + _CHARS
    + r"|[/?])*)?(?:#(?:"
    + _CHARS
    + r"|[/?])*)?\z"
)

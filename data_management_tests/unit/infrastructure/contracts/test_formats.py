import ipaddress
import re
import uuid

import pytest

from data_management.infrastructure.contracts.formats import STRING_PATTERNS, NotConvertible, strptime_format


@pytest.mark.parametrize(
    ("jdk", "strptime"),
    [
        ("yyyy-MM-dd", "%Y-%m-%d"),
        ("uuuu-MM-dd", "%Y-%m-%d"),
        ("yyyyMMdd", "%Y%m%d"),
        ("d/M/yy", "%d/%m/%y"),
        ("dd MMM yyyy", "%d %b %Y"),
        ("EEEE, d MMMM yyyy", "%A, %d %B %Y"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "%Y-%m-%dT%H:%M:%S.%f%z"),
        ("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", "%Y-%m-%dT%H:%M:%S.%fZ"),
        ("hh:mm a", "%I:%M %p"),
        ("yyyyDDD", "%Y%j"),
        ("h 'o''clock'", "%I o'clock"),
        ("yyyy''yy", "%Y'%y"),
        ("yyyy%", "%Y%%"),
    ],
)
def test_a_pattern_of_the_jdk_becomes_one_of_strptime(jdk: str, strptime: str) -> None:
    assert strptime_format(jdk) == strptime


@pytest.mark.parametrize(
    "jdk", ["", "YYYY-MM-dd", "yyyy-MM-DD", "yyyy-QQ", "yyyy[-MM]", "yyyy'T", "SSSSSSSSS", "iso8601"]
)
def test_a_pattern_that_strptime_cannot_express_is_refused(jdk: str) -> None:
    with pytest.raises(NotConvertible):
        strptime_format(jdk)


@pytest.mark.parametrize(
    ("format_", "value", "matches"),
    [
        ("email", "ann@example.com", True),
        ("email", "ann.o'neil+tag@mail.example.co.uk", True),
        ("email", "ann@", False),
        ("email", "see ann@example.com", False),
        ("uuid", str(uuid.UUID(int=7)), True),
        ("uuid", "123", False),
        ("uri", "https://example.com/a?b=c#d", True),
        ("uri", "urn:isbn:0451450523", True),
        ("uri", "example.com", False),
        ("uri", "http://a b", False),
        ("hostname", "db-1.example.com", True),
        ("hostname", "-db.example.com", False),
        ("hostname", "a..b", False),
        ("byte", "aGVsbG8=", True),
        ("byte", "aGVsbG8", False),
    ],
)
def test_a_format_of_strings_is_a_pattern_of_the_whole_value(format_: str, value: str, matches: bool) -> None:
    assert bool(re.search(STRING_PATTERNS[format_], value)) is matches


@pytest.mark.parametrize(
    "value",
    [
        "::",
        "::1",
        "1::",
        "fe80::1",
        "2001:db8:0:0:0:ff00:42:8329",
        "2001:db8::ff00:42:8329",
        "::ffff:192.0.2.1",
        "1:2:3:4:5:6:7:8",
        "1:2:3:4:5:6:7::",
        "::2:3:4:5:6:7:8",
        "1:2:3:4:5:6:1.2.3.4",
        "1::2::3",
        "1:2:3:4:5:6:7:8:9",
        "12345::",
        ":1",
        "1:",
        ":::",
        "g::",
        "1:2:3:4:5:6:7",
        "192.0.2.1",
        "192.0.2.256",
        "192.0.2",
        "1.2.3.4.5",
        "0.0.0.0",
        "",
    ],
)
def test_addresses_are_those_that_python_knows(value: str) -> None:
    for format_, address in (("ipv4", ipaddress.IPv4Address), ("ipv6", ipaddress.IPv6Address)):
        try:
            known = bool(address(value))
        except ValueError:
            known = False
        assert bool(re.search(STRING_PATTERNS[format_], value)) is known, format_

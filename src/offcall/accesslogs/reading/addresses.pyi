"""Addresses, and requests taken apart."""

from offcall.accesslogs.reading.lines import Text

def address(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    part_starts: memoryview,
    part_ends: memoryview,
) -> None:
    """The host, or IP address without brackets, and the port: two parts of each row, the ports of
    all rows after the hosts.

    Args:
        starts, ends: int32: where each row's address stands in the text.
        part_starts, part_ends: int32, filled in; -1 for what is not there.

    Raises:
        ValueError: too little room.
    """

def request(
    text: Text,
    starts: memoryview,
    ends: memoryview,
    rows: int,
    part_starts: memoryview,
    part_ends: memoryview,
) -> None:
    """`GET https://host:443/path?query HTTP/1.1`: seven parts of each row, part after part.

    0 method, 1 scheme, 2 host, 3 port, 4 path, 5 query, 6 version of HTTP. What a request does
    not have begins at -1; `- http://host:80- -`, which stands for a request that could not be
    read, has scheme, host and port only, and `- - - `, of a TCP listener, has nothing. A path that
    is not there is empty (`http://host`). A URL may hold spaces; the version is what begins with
    `HTTP/` after the last one, and a URL that was cut has none.

    Raises:
        ValueError: too little room.
    """

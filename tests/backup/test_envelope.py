"""A backup file that is not whole opens nothing."""

import io
import secrets

import pytest

from checkin.backup import envelope
from checkin.backup.passphrase import unwrap, wrap
from checkin.backup.problem import BackupProblem

KEY, OTHER = b"k" * 32, b"o" * 32
CHUNK = 1 << 20


def sealed(data: bytes) -> bytes:
    file = io.BytesIO()
    writer = envelope.SealedWriter(file, KEY, envelope.new_header(KEY, {"kind": "sqlite"}))
    writer.write(data)
    writer.close()
    return file.getvalue()


def opened(content: bytes, *keys: bytes) -> bytes:
    file = io.BytesIO(content)
    return b"".join(envelope.opened(file, keys or (KEY,), envelope.read_header(file)))


@pytest.mark.parametrize("size", [0, 1, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 7])
def test_what_was_sealed_comes_back(size: int) -> None:
    data = secrets.token_bytes(size)
    assert opened(sealed(data)) == data


@pytest.mark.parametrize("left", [1, CHUNK // 2, CHUNK + 16, 2 * (CHUNK + 16)])
def test_a_file_that_was_cut_off_is_refused_even_between_two_chunks(left: int) -> None:
    content = sealed(secrets.token_bytes(3 * CHUNK))
    with pytest.raises(BackupProblem, match="cut off or was changed"):
        opened(content[:-left])


def test_chunks_cannot_change_places() -> None:
    content = sealed(secrets.token_bytes(3 * CHUNK))
    body = len(content) - 3 * (CHUNK + 16)
    one, two, rest = content[body : body + CHUNK + 16], content[body + CHUNK + 16 : -CHUNK - 16], content[-CHUNK - 16 :]
    with pytest.raises(BackupProblem, match="changed"):
        opened(content[:body] + two + one + rest)


@pytest.mark.parametrize("place", [30, 60, 120, 200, -1, -20])
def test_a_single_changed_byte_is_noticed(place: int) -> None:
    content = bytearray(sealed(b"all the people" * 100))
    content[place] ^= 1
    with pytest.raises(BackupProblem):
        opened(bytes(content))


def test_another_key_opens_nothing_and_an_older_key_of_several_does() -> None:
    content = sealed(b"words")
    with pytest.raises(BackupProblem, match=r"key that is not here: put the encryption\.keys"):
        opened(content, OTHER)
    assert opened(content, OTHER, KEY) == b"words"


@pytest.mark.parametrize(
    "content", [b"", b"SQLite format 3\x00", b"checkin backup 1\n", b"checkin backup 1\n\xff\xff\xff\xff"]
)
def test_what_is_no_backup_is_said(content: bytes) -> None:
    with pytest.raises(BackupProblem):
        opened(content)


def test_keys_come_out_with_their_passphrase_only() -> None:
    wrapped = wrap((KEY, OTHER), "five words that are long")
    assert unwrap(wrapped, "five words that are long") == (KEY, OTHER)
    assert KEY.hex() not in str(wrapped)
    with pytest.raises(BackupProblem, match="not the passphrase"):
        unwrap(wrapped, "five words that are wrong")
    with pytest.raises(BackupProblem, match="shorter than 16"):
        wrap((KEY,), "short")

"""A document's content as file objects."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from coffer import _coffer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class _Reader(io.RawIOBase):
    """What reads a known number of bytes at a place that can be chosen."""

    def __init__(self, handle: object, size: int) -> None:
        super().__init__()
        self._handle = handle
        self._place = 0
        #: bytes
        self.size = size

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._check()
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"seek to {start + offset}")
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        self._check()
        return self._place

    def close(self) -> None:
        if not self.closed:
            _coffer.free(self._handle)
        super().close()

    def _check(self) -> None:
        if self.closed:
            raise ValueError("read of a closed content")


class ContentReader(_Reader):
    """Reads the content that a document had when this was opened, whatever happens to it meanwhile. Seekable. Wrap it in
    ``io.BufferedReader`` for many small reads. Errors: Corruption where stored bytes are damaged."""

    def __init__(self, handle: _coffer.Reader) -> None:
        super().__init__(handle, _coffer.content_reader_size(handle))
        self._content = handle
        #: of the whole content, in hex
        self.sha256 = _coffer.content_reader_sha256(handle)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._check()
        _coffer.content_reader_seek(self._content, self._place)
        read = _coffer.content_reader_read(self._content, buffer)
        self._place += read
        return read


class BackupArchive(_Reader):
    """A backup as one file: a tar that unpacked is a repository of this backup alone. Nothing of it lies on disk as such."""

    def __init__(self, handle: _coffer.Archive) -> None:
        super().__init__(handle, _coffer.backup_archive_size(handle))
        self._archive = handle

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._check()
        read = _coffer.backup_archive_read(self._archive, self._place, buffer)
        self._place += read
        return read


class ContentWriter(io.RawIOBase):
    """Takes up a content of at most 4 GiB, in memory of one chunk (1 MiB). Give it to ``put_document`` or ``set_content``,
    which take it over; closed or dropped before that, its bytes are removed."""

    def __init__(self, handle: _coffer.Writer) -> None:
        super().__init__()
        self._handle = handle

    def writable(self) -> bool:
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        if self.closed:
            raise ValueError("write to a closed content")
        _coffer.content_writer_append(self._handle, data)
        return memoryview(data).nbytes

    def finish(self) -> str:
        """Fixes the content and tells its SHA-256 in hex. A put does it where it was not done."""
        _coffer.content_writer_finish(self._handle)
        return _coffer.content_writer_sha256(self._handle)

    @property
    def size(self) -> int:
        """Bytes so far."""
        return _coffer.content_writer_size(self._handle)

    def close(self) -> None:
        if not self.closed:
            _coffer.free(self._handle)
        super().close()


# bytes, an open binary file, or a writer that has taken the content up already.
Content = bytes | bytearray | memoryview | BinaryIO | ContentWriter
_PIECE_BYTES = 1 << 20


def writer_of(engine: _coffer.Engine, content: Content) -> ContentWriter:
    """A writer that holds `content`."""
    if isinstance(content, ContentWriter):
        return content
    writer = ContentWriter(_coffer.content_writer_new(engine))
    try:
        if isinstance(content, (bytes, bytearray, memoryview)):
            writer.write(content)
        else:
            while piece := content.read(_PIECE_BYTES):
                writer.write(piece)
    except BaseException:
        writer.close()
        raise
    return writer

"""A document's content as file objects."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from coffer import _coffer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class _Reader(io.RawIOBase):
    """A seekable reader of a known number of bytes."""

    def __init__(self, handle: object, size: int) -> None:
        super().__init__()
        self._handle = handle
        self._place = 0
        #: the size in bytes
        self.size = size

    def readable(self) -> bool:
        """Returns True."""
        return True

    def seekable(self) -> bool:
        """Returns True."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Moves the position and returns it. ValueError if it would be negative."""
        self._check()
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"seek to {start + offset}")
        self._place = start + offset
        return self._place

    def tell(self) -> int:
        """Returns the position in bytes."""
        self._check()
        return self._place

    def close(self) -> None:
        """Closes the file object. Closing twice does nothing."""
        if not self.closed:
            _coffer.free(self._handle)
        super().close()

    def _check(self) -> None:
        if self.closed:
            raise ValueError("read of a closed content")


class ContentReader(_Reader):
    """Reads the content that a document had when the reader was opened, even if the document changes meanwhile. Seekable.

    Only one thread at a time may use it. Wrap it in ``io.BufferedReader`` for many small reads. A read raises Corruption if
    stored bytes are damaged."""

    def __init__(self, handle: _coffer.Reader) -> None:
        super().__init__(handle, _coffer.content_reader_size(handle))
        self._content = handle
        #: SHA-256 of the whole content, in hex
        self.sha256 = _coffer.content_reader_sha256(handle)

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills `buffer` from the current position and advances; returns the number of bytes, 0 at the end."""
        self._check()
        _coffer.content_reader_seek(self._content, self._place)
        read = _coffer.content_reader_read(self._content, buffer)
        self._place += read
        return read


class BackupArchive(_Reader):
    """A backup as one tar file, generated while it is read. Unpacked, it is a repository with this backup alone."""

    def __init__(self, handle: _coffer.Archive) -> None:
        super().__init__(handle, _coffer.backup_archive_size(handle))
        self._archive = handle

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        """Fills `buffer` from the current position and advances; returns the number of bytes, 0 at the end.

        Raises NotFound if a prune has removed an object of the backup meanwhile."""
        self._check()
        read = _coffer.backup_archive_read(self._archive, self._place, buffer)
        self._place += read
        return read


class ContentWriter(io.RawIOBase):
    """Writes a content of at most 4 GiB, in memory of one chunk (1 MiB).

    Pass it to ``put_document`` or ``set_content``, which take the content. If it is closed or dropped before that, its bytes
    are removed. Only one thread at a time may use it."""

    def __init__(self, handle: _coffer.Writer) -> None:
        super().__init__()
        self._handle = handle

    def writable(self) -> bool:
        """Returns True."""
        return True

    def write(self, data: ReadableBuffer, /) -> int:
        """Appends `data` and returns its number of bytes. ResourceExhausted: above 4 GiB, or the device is full."""
        if self.closed:
            raise ValueError("write to a closed content")
        _coffer.content_writer_append(self._handle, data)
        return memoryview(data).nbytes

    def finish(self) -> str:
        """Fixes the content and returns its SHA-256 in hex. A put calls it if the caller did not."""
        _coffer.content_writer_finish(self._handle)
        return _coffer.content_writer_sha256(self._handle)

    @property
    def size(self) -> int:
        """The bytes written so far."""
        return _coffer.content_writer_size(self._handle)

    def close(self) -> None:
        """Closes the writer. If no put took the content, its bytes are removed."""
        if not self.closed:
            _coffer.free(self._handle)
        super().close()


# bytes, an open binary file, or a writer that holds the content.
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

"""A document's content as file objects."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, BinaryIO

from coffer import _coffer

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer, WriteableBuffer


class ContentReader(io.RawIOBase):
    """Reads the content that a document had when this was opened, whatever happens to it meanwhile. Seekable. Wrap it in
    ``io.BufferedReader`` for many small reads. Errors: Corruption where stored bytes are damaged."""

    def __init__(self, handle: _coffer.Reader) -> None:
        super().__init__()
        self._handle = handle
        self._place = 0
        #: bytes
        self.size = _coffer.content_reader_size(handle)
        #: of the whole content, in hex
        self.sha256 = _coffer.content_reader_sha256(handle)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        self._check()
        read = _coffer.content_reader_read(self._handle, buffer)
        self._place += read
        return read

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        self._check()
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._place, io.SEEK_END: self.size}[whence]
        if start + offset < 0:
            raise ValueError(f"seek to {start + offset}")
        _coffer.content_reader_seek(self._handle, start + offset)
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


class ContentWriter(io.RawIOBase):
    """Takes up a content of at most 4 GiB, in memory of one chunk (1 MiB). Give it to ``put_document`` or ``set_content``, which take
    it over; closed or dropped before that, its bytes are removed."""

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

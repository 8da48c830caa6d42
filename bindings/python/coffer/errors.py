"""Exceptions: one class per code. The code says what the caller should do, the message what went wrong with which thing."""

from coffer import _coffer


class CofferError(Exception):
    """The base class of all errors of the engine. ``code`` is the name of the code, such as "not_found"."""

    code = "internal"


class InvalidArgument(CofferError, ValueError):
    """Change the request; repeating it cannot succeed."""

    code = "invalid_argument"


class NotFound(CofferError, LookupError):
    """The named thing does not exist."""

    code = "not_found"


class AlreadyExists(CofferError):
    """The named thing exists already."""

    code = "already_exists"


class PermissionDenied(CofferError):
    """The caller, or the way the store was opened, does not allow it."""

    code = "permission_denied"


class Conflict(CofferError):
    """Somebody else changed it; read again and decide."""

    code = "conflict"


class Busy(CofferError):
    """In use by another process, call or operation; try again later."""

    code = "busy"


class Cancelled(CofferError):
    """Stopped on request."""

    code = "cancelled"


class ResourceExhausted(CofferError):
    """A named limit, the disk or memory; free some or ask for less."""

    code = "resource_exhausted"


class Corruption(CofferError):
    """Stored bytes are not what was written; verify and restore."""

    code = "corruption"


class Unavailable(CofferError):
    """This build cannot serve it, or not at this moment."""

    code = "unavailable"


class IoError(CofferError, OSError):
    """The file system failed; the message has its reason."""

    code = "io_error"


class Internal(CofferError):
    """An invariant of Coffer itself is broken; report it."""

    code = "internal"


# In the order of the numbers of coffer_status. Number 0 means success and is never raised.
_coffer.register_errors(
    (
        CofferError,
        InvalidArgument,
        NotFound,
        AlreadyExists,
        PermissionDenied,
        Conflict,
        Busy,
        Cancelled,
        ResourceExhausted,
        Corruption,
        Unavailable,
        IoError,
        Internal,
    )
)

"""One exception class a code: what the caller should do decides which. The message says what went wrong with which thing."""

from coffer import _coffer


class CofferError(Exception):
    """Whatever the engine refuses or fails at. ``code`` is the name of the code, as ``coffer_status_name`` gives it."""

    code = "internal"


class InvalidArgument(CofferError, ValueError):
    """Change the request; repeating it cannot succeed."""

    code = "invalid_argument"


class NotFound(CofferError, LookupError):
    """The named thing is not there."""

    code = "not_found"


class AlreadyExists(CofferError):
    """The named thing is there already."""

    code = "already_exists"


class PermissionDenied(CofferError):
    """The caller, or the way the store was opened, does not allow it."""

    code = "permission_denied"


class Conflict(CofferError):
    """Somebody else changed it; read again and decide."""

    code = "conflict"


class Busy(CofferError):
    """Held by another process, call or operation; try again later."""

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
    """Cannot be served by this build or at this moment."""

    code = "unavailable"


class IoError(CofferError, OSError):
    """The file system failed; the message carries its reason."""

    code = "io_error"


class Internal(CofferError):
    """A broken invariant of Coffer's own; report it."""

    code = "internal"


# By the numbers of coffer_status; 0 is no error.
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

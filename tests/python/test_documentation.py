"""Every public module, class, function, method and property of the package has a docstring of its own."""

import importlib
import inspect
import pkgutil
import types
from collections.abc import Iterator

import coffer

# Packages that an adapter needs; without them its module cannot be imported. The test of the adapters has them all.
OPTIONAL = {"langchain_core", "langgraph"}


def public_modules() -> Iterator[types.ModuleType]:
    yield coffer
    for found in pkgutil.iter_modules(coffer.__path__, "coffer."):
        if found.name.startswith("coffer._"):
            continue
        try:
            yield importlib.import_module(found.name)
        except ModuleNotFoundError as missing:
            assert missing.name is not None and missing.name.partition(".")[0] in OPTIONAL


def is_documented(member: object) -> bool:
    # A dataclass without a docstring gets its signature as one.
    signature = f"{getattr(member, '__name__', '')}("
    return bool(member.__doc__) and not member.__doc__.startswith(signature)


def undocumented_members(owner: type, package: str) -> Iterator[str]:
    """A public class may inherit public methods from a private class of the package."""
    for base in owner.__mro__:
        if base.__module__.partition(".")[0] != package:
            continue
        for name, member in vars(base).items():
            function = member.__func__ if isinstance(member, (staticmethod, classmethod)) else member
            is_method = isinstance(function, (types.FunctionType, property))
            if not name.startswith("_") and is_method and not is_documented(function):
                yield f"{base.__module__}.{base.__qualname__}.{name}"


def undocumented(module: types.ModuleType) -> Iterator[str]:
    if not module.__doc__:
        yield module.__name__
    for name, member in vars(module).items():
        if name.startswith("_") or getattr(member, "__module__", None) != module.__name__:
            continue
        if not (inspect.isclass(member) or inspect.isfunction(member)):
            continue
        if not is_documented(member):
            yield f"{module.__name__}.{name}"
        if inspect.isclass(member):
            yield from undocumented_members(member, module.__name__.partition(".")[0])


def test_every_public_name_has_a_docstring():
    modules = list(public_modules())
    assert {"coffer", "coffer.engine", "coffer.migrate", "coffer.tables"} <= {module.__name__ for module in modules}
    assert sorted({name for module in modules for name in undocumented(module)}) == []


def test_a_missing_docstring_is_found():
    module = types.ModuleType("sample")
    source = '''
from dataclasses import dataclass

class _Base:
    def inherited(self): ...

class Sample(_Base):
    """Documented."""
    def method(self): ...
    @property
    def size(self): ...
    @staticmethod
    def static(): ...
    def documented(self):
        """Documented."""
    def _private(self): ...

@dataclass
class Data:
    x: int = 0

def function(): ...
'''
    exec(source, vars(module))
    assert sorted(undocumented(module)) == [
        "sample",
        "sample.Data",
        "sample.Sample.method",
        "sample.Sample.size",
        "sample.Sample.static",
        "sample._Base.inherited",
        "sample.function",
    ]

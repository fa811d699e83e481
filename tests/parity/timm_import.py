"""timm where only PyTorch is beside it: what it imports for images and downloads, and never uses here, is stood in for."""
import contextlib
import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import sys
import types

UNUSED = ("torchvision", "PIL", "huggingface_hub", "yaml")


class _AnyAttribute(type):
    def __getattr__(cls, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyAttribute(name, (), {})


class _StandIn(types.ModuleType):
    """A module that has every name, each an empty class."""
    __path__ = []
    __version__ = "99.0.0"  # newer than whatever is asked for

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _AnyAttribute(name, (), {})


class _Finder(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    def __init__(self, missing):
        self.missing = missing

    def find_spec(self, name, path=None, target=None):
        within = any(f"{name}.".startswith(f"{one}.") for one in self.missing)
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if within else None

    def create_module(self, spec):
        return _StandIn(spec.name)

    def exec_module(self, module):
        pass


@contextlib.contextmanager
def lent(names, instead=()):
    """While it lasts, what is missing of these is stood in for, and `instead` is also where it is there. None of it stays importable."""
    missing, front = _Finder([name for name in names if importlib.util.find_spec(name) is None]), _Finder(instead)
    sys.meta_path.append(missing)
    sys.meta_path.insert(0, front)
    try:
        yield
    finally:
        sys.meta_path.remove(missing)
        sys.meta_path.remove(front)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _StandIn)]:
            del sys.modules[name]


def load_timm():
    """The module timm."""
    with lent(UNUSED):
        return importlib.import_module("timm")

"""timm where only PyTorch is beside it: what it imports for images and downloads, and never uses here, is stood in for."""
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
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if name.split(".")[0] in self.missing else None

    def create_module(self, spec):
        return _StandIn(spec.name)

    def exec_module(self, module):
        pass


def load_timm():
    """The module timm. Nothing that it was lent stays importable."""
    finder = _Finder([name for name in UNUSED if importlib.util.find_spec(name) is None])
    sys.meta_path.append(finder)
    try:
        return importlib.import_module("timm")
    finally:
        sys.meta_path.remove(finder)
        for name in [name for name, module in sys.modules.items() if isinstance(module, _StandIn)]:
            del sys.modules[name]

# SPDX-License-Identifier: LGPL-2.1-or-later
"""libv2v for Python: a virtual machine of another hypervisor made to run on KVM.

A Handle has a method for each step.  Documents are dicts, and a step returns a
new one with its own section added or replaced; the one it got stays as it is.
A step that fails raises Error, whose code is for programs and whose text is one
line for people.  Options are named as in <v2v.h>, which describes them, and in
v2v-tools(7), which describes the documents.

    import v2v

    with v2v.Handle() as handle:
        for machine in handle.unpack("x.ova"):
            print(handle.inspect(machine)["inspect"])

The steps of a handle, whoever calls them, run one after the other in a thread of
its own, and so do callbacks.  cancel() may be called from anywhere; an exception
in a callback, or KeyboardInterrupt, ends the step and comes out of it.
"""

from __future__ import annotations

import ctypes
import json
import os
import threading
from concurrent.futures import Future, ThreadPoolExecutor
from ctypes import POINTER, Structure, byref, c_bool, c_char, c_char_p, c_int, c_size_t, c_uint, c_uint64, c_void_p
from dataclasses import dataclass
from typing import Any, Callable, Iterable, Optional, Sequence, Union

__all__ = ["Error", "Handle", "Message", "Progress", "DOCUMENT_VERSION", "is_image", "meta_types", "version"]

Document = dict[str, Any]
Path = Union[str, bytes, "os.PathLike[str]", "os.PathLike[bytes]"]

# The highest format version of a document that is understood (v2v.h).
DOCUMENT_VERSION = 1

LEVELS = ("error", "warning", "info", "debug")


class Error(Exception):
    """A step failed.  code is stable, and listed in v2v-tools(7)."""

    def __init__(self, code: str, text: str) -> None:
        super().__init__(text)
        self.code = code
        self.text = text


@dataclass(frozen=True)
class Message:
    """level is "error", "warning", "info" or "debug"; machine is source.name, where it is known."""

    step: str
    level: str
    code: Optional[str]
    text: str
    machine: Optional[str]


@dataclass(frozen=True)
class Progress:
    """How far a step is, in unit "bytes" or "phases"; disk is None where it is of all."""

    step: str
    disk: Optional[int]
    done: int
    total: int
    unit: str
    phase: Optional[str]
    machine: Optional[str]


# The structs of <v2v.h>, as tests/python compares them with it.

c_strings = POINTER(c_char_p)


class _Error(Structure):
    _fields_ = [("code", c_char_p), ("text", c_char * 512)]


class _Message(Structure):
    _fields_ = [("step", c_char_p), ("level", c_int), ("code", c_char_p), ("text", c_char_p), ("machine", c_char_p)]


class _Progress(Structure):
    _fields_ = [
        ("step", c_char_p),
        ("disk", c_int),
        ("done", c_uint64),
        ("total", c_uint64),
        ("unit", c_char_p),
        ("phase", c_char_p),
        ("machine", c_char_p),
    ]


class _UnpackOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("name", c_char_p),
        ("memory", c_uint64),
        ("firmware", c_char_p),
        ("format", c_char_p),
        ("configuration", c_char_p),
        ("vm", c_char_p),
        ("ovf", c_char_p),
        ("vcpus", c_uint),
        ("no_verify", c_bool),
        ("backing_chain", c_bool),
        ("assume", c_bool),
        ("reserved", c_char * 1),
        ("force_locked", c_bool),
        ("anywhere", c_bool),
        ("describe", c_bool),
        ("reserved_2", c_char * 5),
        ("snapshot", c_char_p),
    ]


class _OverlayOptions(Structure):
    _fields_ = [("size", c_size_t), ("workdir", c_char_p)]


class _InspectOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("root", c_char_p),
        ("keys", c_strings),
        ("diff", c_bool),
        ("reserved", c_char * 7),
        ("virtio_win", c_char_p),
        ("block_driver", c_char_p),
    ]


class _EstimateOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("out_dir", c_char_p),
        ("format", c_char_p),
        ("measure", c_bool),
        ("reserved", c_char * 7),
    ]


class _ConvertOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("workdir", c_char_p),
        ("network", c_char_p),
        ("initramfs", c_char_p),
        ("backup_dir", c_char_p),
        ("inspect", POINTER(_InspectOptions)),
        ("in_place", c_bool),
        ("dry_run", c_bool),
        ("remove_tools", c_bool),
        ("serial_console", c_bool),
        ("diff", c_bool),
        ("reserved", c_char * 3),
        ("guest_agent", c_char_p),
        ("firstboot", c_strings),
    ]


class _CopyOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("out_dir", c_char_p),
        ("format", c_char_p),
        ("preallocation", c_char_p),
        ("compression", c_char_p),
        ("threads", c_uint),
        ("jobs", c_uint),
        ("out_fd", c_int),
        ("compress", c_bool),
        ("force", c_bool),
        ("keep", c_bool),
        ("verify", c_bool),
        ("hash", c_bool),
        ("reserved", c_char * 7),
        ("bwlimit", c_uint64),
        ("resume", c_char_p),
    ]


class _MetaOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("out_dir", c_char_p),
        ("type", c_char_p),
        ("network", c_char_p),
        ("network_maps", c_strings),
        ("force", c_bool),
        ("reserved", c_char * 7),
        ("bridge_maps", c_strings),
        ("name", c_char_p),
        ("storage", c_char_p),
        ("name_space", c_char_p),
    ]


class _BootOptions(Structure):
    _fields_ = [
        ("size", c_size_t),
        ("screenshot_dir", c_char_p),
        ("timeout", c_uint),
        ("force", c_bool),
        ("agent_ping", c_bool),
        ("reserved", c_char * 2),
        ("config_dir", c_char_p),
    ]


_on_message = ctypes.CFUNCTYPE(None, POINTER(_Message), c_void_p)
_on_progress = ctypes.CFUNCTYPE(None, POINTER(_Progress), c_void_p)

_lib = ctypes.CDLL("libv2v.so.0")
# The one that libv2v itself uses: what either allocates the other frees.
_jansson = ctypes.CDLL("libjansson.so.4")
_libc = ctypes.CDLL(None)


def _declare(library: ctypes.CDLL, result: Any, name: str, *arguments: Any) -> Any:
    function = getattr(library, name)
    function.restype = result
    function.argtypes = arguments
    return function


_new = _declare(_lib, c_void_p, "v2v_new")
_free = _declare(_lib, None, "v2v_free", c_void_p)
_version = _declare(_lib, c_char_p, "v2v_version")
_discard_at_end = _declare(_lib, None, "v2v_discard_at_end", c_void_p, c_bool)
_set_on_message = _declare(_lib, None, "v2v_on_message", c_void_p, _on_message, c_void_p)
_set_on_progress = _declare(_lib, None, "v2v_on_progress", c_void_p, _on_progress, c_void_p)
_set_tmpdir = _declare(_lib, None, "v2v_set_tmpdir", c_void_p, c_char_p)
_set_cachedir = _declare(_lib, None, "v2v_set_cachedir", c_void_p, c_char_p)
_set_backend = _declare(_lib, c_int, "v2v_set_backend", c_void_p, c_char_p, POINTER(_Error))
_cancel = _declare(_lib, None, "v2v_cancel", c_void_p)
_resume = _declare(_lib, None, "v2v_resume", c_void_p)
_is_image = _declare(_lib, c_int, "v2v_unpack_is_image", c_char_p, POINTER(_Error))
_unpack = _declare(
    _lib, c_int, "v2v_unpack", c_void_p, c_strings, POINTER(_UnpackOptions), POINTER(c_void_p), POINTER(_Error)
)
_discard = _declare(_lib, None, "v2v_discard", c_void_p, c_void_p)
_clean = _declare(_lib, c_int, "v2v_clean", c_void_p, c_uint64, POINTER(_Error))
_meta_types = _declare(_lib, POINTER(c_char_p), "v2v_meta_types")
_undo = _declare(
    _lib, c_int, "v2v_undo", c_void_p, c_void_p, c_char_p, POINTER(_ConvertOptions), POINTER(_Error)
)
_STEPS = {
    "overlay": _OverlayOptions,
    "inspect": _InspectOptions,
    "estimate": _EstimateOptions,
    "convert": _ConvertOptions,
    "copy": _CopyOptions,
    "meta": _MetaOptions,
    "boot": _BootOptions,
    "report": _MetaOptions,
}
_steps = {
    name: _declare(_lib, c_int, "v2v_" + name, c_void_p, c_void_p, POINTER(options), POINTER(_Error))
    for name, options in _STEPS.items()
}

_loads = _declare(_jansson, c_void_p, "json_loadb", c_char_p, c_size_t, c_size_t, c_void_p)
_dumps = _declare(_jansson, c_void_p, "json_dumps", c_void_p, c_size_t)
_delete = _declare(_jansson, None, "json_delete", c_void_p)
_libc_free = _declare(_libc, None, "free", c_void_p)

JSON_COMPACT = 0x20
JSON_ENCODE_ANY = 0x200
JSON_ALLOW_NUL = 0x10


def version() -> str:
    """The version of the library."""
    return str(_version(), "ascii")


def meta_types() -> list[str]:
    """What Handle.meta() takes as type, the default first."""
    types = _meta_types()
    found: list[str] = []
    while types[len(found)]:
        found.append(types[len(found)].decode())
    return found


def is_image(file: Path) -> bool:
    """Is it a disk image, or the container of a machine, such as an OVA?  Error where it is neither."""
    error = _Error()
    result = int(_is_image(os.fsencode(file), byref(error)))
    _check(result, error)
    return result == 1


class Handle:
    """Callbacks, the way to cancel, and what the steps that follow each other share.

    Steps of one handle use the same small kernel or appliance, which close() ends.
    tmpdir is the directory of work directories ("/var/tmp"), cachedir that of what
    the backends keep; backend is "auto", "uml", "qemu" or "libguestfs".
    discard_at_end: close() removes work directories that copy() has not removed; not
    for a program that hands documents on to another.
    """

    def __init__(
        self,
        *,
        tmpdir: Optional[Path] = None,
        cachedir: Optional[Path] = None,
        backend: Optional[str] = None,
        on_message: Optional[Callable[[Message], object]] = None,
        on_progress: Optional[Callable[[Progress], object]] = None,
        discard_at_end: bool = True,
    ) -> None:
        self._handle: Optional[int] = _new()
        # Of the handle against its end; a signal's handler may come in between.
        self._lock = threading.RLock()
        self._process = os.getpid()
        self._raised: Optional[BaseException] = None
        # One thread until the end: the kernel that a step started ends with it.
        self._executor = ThreadPoolExecutor(1, "libv2v")
        self._thread: Optional[int] = None
        # ctypes keeps no reference to what C calls.
        self._callbacks: list[Any] = []
        if on_message is not None:
            self._callbacks.append(_on_message(self._caught(on_message, _as_message)))
            _set_on_message(self._handle, self._callbacks[-1], None)
        if on_progress is not None:
            self._callbacks.append(_on_progress(self._caught(on_progress, _as_progress)))
            _set_on_progress(self._handle, self._callbacks[-1], None)
        _discard_at_end(self._handle, discard_at_end)
        if tmpdir is not None:
            _set_tmpdir(self._handle, os.fsencode(tmpdir))
        if cachedir is not None:
            _set_cachedir(self._handle, os.fsencode(cachedir))
        if backend is not None:
            error = _Error()
            if _set_backend(self._handle, os.fsencode(backend), byref(error)) < 0:
                self.close()
                _check(-1, error)

    def __enter__(self) -> Handle:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def __del__(self) -> None:
        if getattr(self, "_executor", None) is not None and self._process == os.getpid():
            self.close()

    def close(self) -> None:
        """End the small kernel or the appliance, if there is one; the handle can do nothing more."""
        if self._handle is not None:
            self._wait(self._end)
        self._executor.shutdown()

    def cancel(self) -> None:
        """Make the running step, and each later one, fail soon with the code "cancelled"."""
        with self._lock:
            if self._handle is not None:
                _cancel(self._handle)

    def resume(self) -> None:
        """Take cancel() back, when the step has returned."""
        with self._lock:
            if self._handle is not None:
                _resume(self._handle)

    def unpack(
        self,
        files: Union[Path, Iterable[Path]],
        *,
        name: Optional[str] = None,
        memory: int = 0,
        firmware: Optional[str] = None,
        format: Optional[str] = None,
        configuration: Optional[str] = None,
        vm: Optional[str] = None,
        ovf: Optional[str] = None,
        vcpus: int = 0,
        no_verify: bool = False,
        backing_chain: bool = False,
        assume: bool = False,
        force_locked: bool = False,
        anywhere: bool = False,
        describe: bool = False,
        snapshot: Optional[str] = None,
    ) -> list[Document]:
        """The machines of an OVA or of another descriptor, or the one of these disk images; memory in bytes."""
        options = _options(_UnpackOptions, locals())
        if isinstance(files, (str, bytes, os.PathLike)):
            files = [files]
        names = _value(list(files))

        def unpacked(handle: int, error: Any) -> tuple[int, Any]:
            array = c_void_p()
            try:
                result = _unpack(handle, names, byref(options), byref(array), error)
                return result, _from_json(array) if result == 0 else None
            finally:
                _decref(array)

        documents: list[Document] = self._run(unpacked)
        return documents

    def overlay(self, document: Document, *, workdir: Optional[Path] = None) -> Document:
        """Layers over the disks, which are then never written; workdir is an existing directory."""
        return self._step("overlay", document, locals())

    def inspect(
        self,
        document: Document,
        *,
        root: Optional[str] = None,
        keys: Optional[Sequence[str]] = None,
        diff: bool = False,
        virtio_win: Optional[Path] = None,
        block_driver: Optional[str] = None,
    ) -> Document:
        """What is on the disks, and whether it will run on KVM; keys are "SELECTOR:key:PASSPHRASE"."""
        return self._step("inspect", document, locals())

    def estimate(
        self,
        document: Document,
        *,
        out_dir: Optional[Path] = None,
        format: Optional[str] = None,
        measure: bool = False,
    ) -> Document:
        """The sizes of the new disks, and whether out_dir has room for them."""
        return self._step("estimate", document, locals())

    def convert(
        self,
        document: Document,
        *,
        workdir: Optional[Path] = None,
        network: Optional[str] = None,
        initramfs: Optional[str] = None,
        backup_dir: Optional[Path] = None,
        in_place: bool = False,
        dry_run: bool = False,
        remove_tools: bool = False,
        serial_console: bool = False,
        diff: bool = False,
        guest_agent: Optional[Path] = None,
        firstboot: Optional[Sequence[Path]] = None,
        root: Optional[str] = None,
        keys: Optional[Sequence[str]] = None,
        virtio_win: Optional[Path] = None,
        block_driver: Optional[str] = None,
    ) -> Document:
        """Make the guest boot on KVM; the last four are inspect()'s, where the document has no inspection yet."""
        inspect = _options(
            _InspectOptions, {"root": root, "keys": keys, "virtio_win": virtio_win, "block_driver": block_driver}
        )
        return self._step("convert", document, {**locals(), "inspect": ctypes.pointer(inspect)})

    def undo(
        self,
        document: Document,
        backup: Path,
        *,
        root: Optional[str] = None,
        keys: Optional[Sequence[str]] = None,
    ) -> Document:
        """Put what a conversion in place changed back, from its backup or its log."""
        inspect = _options(_InspectOptions, {"root": root, "keys": keys})
        options = _options(_ConvertOptions, {"inspect": ctypes.pointer(inspect)})
        file = os.fsencode(backup)
        undone: Document = self._changed(
            document, lambda handle, doc, error: int(_undo(handle, doc, file, byref(options), error))
        )
        return undone

    def copy(
        self,
        document: Document,
        out_dir: Path,
        *,
        format: Optional[str] = None,
        preallocation: Optional[str] = None,
        compression: Optional[str] = None,
        threads: int = 0,
        jobs: int = 0,
        out_fd: int = 0,
        compress: bool = False,
        force: bool = False,
        keep: bool = False,
        verify: bool = False,
        hash: bool = False,
        bwlimit: int = 0,
        resume: Optional[Path] = None,
    ) -> Document:
        """Make the new disks in a directory, on a device, on an NBD export, or, for "-", in out_fd.

        bwlimit: bytes a second.  resume: go on with a copy that broke; where the record of what is done lies, "" beside the images.
        """
        return self._step("copy", document, locals())

    def meta(
        self,
        document: Document,
        *,
        out_dir: Optional[Path] = None,
        type: Optional[str] = None,
        network: Optional[str] = None,
        network_maps: Optional[Sequence[str]] = None,
        force: bool = False,
        bridge_maps: Optional[Sequence[str]] = None,
        name: Optional[str] = None,
        storage: Optional[str] = None,
        name_space: Optional[str] = None,
    ) -> Document:
        """Write what the new host needs to start the machine; type is one of meta_types()."""
        return self._step("meta", document, locals())

    def report(
        self,
        documents: Iterable[Document],
        *,
        out_dir: Optional[Path] = None,
        name: Optional[str] = None,
        force: bool = False,
    ) -> list[Document]:
        """One page for people, of all these machines."""
        reported: list[Document] = self._steps("report", list(documents), locals())
        return reported

    def boot(
        self,
        document: Document,
        *,
        screenshot_dir: Optional[Path] = None,
        timeout: int = 0,
        force: bool = False,
        agent_ping: bool = False,
        config_dir: Optional[Path] = None,
    ) -> Document:
        """Start the new machine on throw-away layers and see how far it comes; timeout in seconds."""
        return self._step("boot", document, locals())

    def discard(self, document: Document) -> None:
        """Remove the work directory of a document that goes no further."""

        def discarded() -> None:
            with _Json(text) as doc:
                _discard(self._open(), doc)

        text = _as_text(document)
        self._wait(discarded)

    def clean(self, idle: int = 0) -> None:
        """Remove what a crash left below tmpdir, if nothing was written to it for idle seconds."""
        self._run(lambda handle, error: (_clean(handle, idle, error), None))

    def _open(self) -> int:
        if self._handle is None:
            raise ValueError("the handle is closed")
        return self._handle

    def _end(self) -> None:
        with self._lock:
            handle, self._handle = self._handle, None
        if handle is not None:
            _free(handle)

    def _caught(self, call: Callable[[Any], object], convert: Callable[[Any], Any]) -> Callable[..., None]:
        def called(what: Any, _opaque: Any) -> None:
            if self._raised is not None:
                return
            try:
                call(convert(what.contents))
            except BaseException as raised:  # pylint: disable=broad-exception-caught
                self._raised = raised
                self.cancel()

        return called

    def _wait(self, call: Callable[[], Any]) -> Any:
        """Run it in the handle's thread; what interrupts the waiting cancels it first."""
        if self._process != os.getpid():
            raise RuntimeError("the handle is another process's")
        if self._thread == threading.get_ident():
            raise RuntimeError("a callback cannot call a step of its own handle")
        self._open()
        future = self._executor.submit(self._in_thread, call)
        try:
            return future.result()
        except BaseException:
            if not future.done() and not future.cancel():
                self._interrupt(future)
            raise

    def _in_thread(self, call: Callable[[], Any]) -> Any:
        self._thread = threading.get_ident()
        return call()

    def _interrupt(self, future: Future[Any]) -> None:
        self.cancel()
        while not future.done():
            try:
                future.exception()
            except BaseException:  # pylint: disable=broad-exception-caught
                pass  # the step ends soon, and is waited for however impatient one is
        self.resume()

    def _run(self, call: Callable[[int, Any], tuple[int, Any]]) -> Any:
        """What @call, which is given the handle and an error's place, returns beside C's result.

        It runs in the handle's thread and owns there what it hands to C: nothing of
        that goes away when the caller is interrupted.
        """

        def step() -> tuple[int, Any, _Error, Optional[BaseException]]:
            self._raised = None
            error = _Error()
            result, value = call(self._open(), byref(error))
            raised, self._raised = self._raised, None
            return result, value, error, raised

        result, value, error, raised = self._wait(step)
        if raised is not None:
            self.resume()
            raise raised
        _check(result, error)
        return value

    def _changed(self, document: Any, call: Callable[[int, Any, Any], int]) -> Any:
        def changed(handle: int, error: Any) -> tuple[int, Any]:
            with _Json(text) as doc:
                result = call(handle, doc, error)
                return result, _from_json(doc) if result == 0 else None

        text = _as_text(document)
        return self._run(changed)

    def _step(self, name: str, document: Document, arguments: dict[str, Any]) -> Document:
        changed: Document = self._steps(name, document, arguments)
        return changed

    def _steps(self, name: str, documents: Any, arguments: dict[str, Any]) -> Any:
        options = _options(_STEPS[name], arguments)
        return self._changed(documents, lambda handle, doc, error: int(_steps[name](handle, doc, byref(options), error)))


def _as_text(document: Any) -> bytes:
    return json.dumps(document, ensure_ascii=False, allow_nan=False).encode()


class _Json:
    """A json_t of a text, as long as the block runs."""

    def __init__(self, text: bytes) -> None:
        self._text = text
        self._value = c_void_p()

    def __enter__(self) -> c_void_p:
        self._value = c_void_p(_loads(self._text, len(self._text), JSON_ALLOW_NUL, None))
        if not self._value:
            raise ValueError("not a document: JSON that libjansson does not take")
        return self._value

    def __exit__(self, *exception: object) -> None:
        _decref(self._value)


def _from_json(value: c_void_p) -> Any:
    text = _dumps(value, JSON_COMPACT | JSON_ENCODE_ANY)
    try:
        return json.loads(ctypes.string_at(text))
    finally:
        _libc_free(text)


class _Count(Structure):
    """The start of json_t, whose json_decref() is a function of the header."""

    _fields_ = [("type", c_int), ("refcount", c_size_t)]


def _decref(value: c_void_p) -> None:
    if not value:
        return
    count = ctypes.cast(value, POINTER(_Count)).contents
    count.refcount -= 1
    if count.refcount == 0:
        _delete(value)


def _strings(texts: Sequence[bytes]) -> Any:
    return (c_char_p * (len(texts) + 1))(*texts, None)


def _value(value: Any) -> Any:
    if isinstance(value, (str, bytes, os.PathLike)):
        text = os.fsencode(value)
        if b"\0" in text:
            raise ValueError(f"a NUL in {text!r}")
        return text
    if isinstance(value, (list, tuple)):
        return _strings([_value(one) for one in value])
    return value


def _options(kind: Any, arguments: dict[str, Any]) -> Any:
    """The struct of these arguments, without those that are not its members, or not set."""
    options = kind(size=ctypes.sizeof(kind))
    for name, *_ in kind._fields_:
        value = _value(arguments.get(name))
        if value is not None and name != "size":
            setattr(options, name, ctypes.cast(value, c_strings) if isinstance(value, ctypes.Array) else value)
            # ctypes cuts what is too large.
            if isinstance(value, int) and getattr(options, name) != value:
                raise ValueError(f"{name} cannot be {value}")
    return options


def _check(result: int, error: _Error) -> None:
    if result < 0:
        raise Error((error.code or b"").decode(), error.text.decode(errors="replace"))


def _text(text: Optional[bytes]) -> Optional[str]:
    return None if text is None else text.decode(errors="replace")


def _as_message(message: _Message) -> Message:
    return Message(
        step=_text(message.step) or "",
        level=LEVELS[message.level],
        code=_text(message.code),
        text=_text(message.text) or "",
        machine=_text(message.machine),
    )


def _as_progress(progress: _Progress) -> Progress:
    return Progress(
        step=_text(progress.step) or "",
        disk=None if progress.disk < 0 else progress.disk,
        done=progress.done,
        total=progress.total,
        unit=_text(progress.unit) or "",
        phase=_text(progress.phase),
        machine=_text(progress.machine),
    )

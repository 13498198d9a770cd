#!/usr/bin/python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""python3-v2v: test_v2v.py DIRECTORY-OF-THE-TREE; PYTHONPATH and LD_LIBRARY_PATH lead to what is tested."""

import ctypes
import json
import os
import pathlib
import signal
import subprocess
import sys
import tempfile
import threading
import unittest

import v2v

TOP = pathlib.Path(__file__).resolve().parents[2]
MIB = 1 << 20

OVF = """<Envelope xmlns="http://schemas.dmtf.org/ovf/envelope/1" xmlns:ovf="http://schemas.dmtf.org/ovf/envelope/1"
 xmlns:rasd="http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/CIM_ResourceAllocationSettingData">
<References>{files}</References><DiskSection><Info/>{disks}</DiskSection>
<VirtualSystemCollection ovf:id="c"><Info/>{systems}</VirtualSystemCollection></Envelope>"""
FILE = '<File ovf:id="f{0}" ovf:href="{0}.vmdk"/>'
DISK = (
    '<Disk ovf:capacity="4194304" ovf:diskId="d{0}" ovf:fileRef="f{0}"'
    ' ovf:format="http://www.vmware.com/interfaces/specifications/vmdk.html#streamOptimized"/>'
)
SYSTEM = """<VirtualSystem ovf:id="{0}"><Info/><Name>{1}</Name><VirtualHardwareSection><Info/>
<Item><rasd:InstanceID>1</rasd:InstanceID><rasd:ResourceType>3</rasd:ResourceType>
<rasd:VirtualQuantity>{0}</rasd:VirtualQuantity></Item>
<Item><rasd:Address>0</rasd:Address><rasd:InstanceID>3</rasd:InstanceID><rasd:ResourceType>6</rasd:ResourceType></Item>
<Item><rasd:AddressOnParent>0</rasd:AddressOnParent><rasd:HostResource>ovf:/disk/d{0}</rasd:HostResource>
<rasd:InstanceID>4</rasd:InstanceID><rasd:Parent>3</rasd:Parent><rasd:ResourceType>17</rasd:ResourceType></Item>
</VirtualHardwareSection></VirtualSystem>"""


class Structs(unittest.TestCase):
    """What ctypes believes of the structs is what the compiler makes of the header."""

    def test_header(self):
        structs = {"v2v_error": v2v._Error, "v2v_message": v2v._Message, "v2v_progress": v2v._Progress}
        structs |= {f"v2v_{name}_options": kind for name, kind in v2v._STEPS.items() if name != "report"}
        structs["v2v_unpack_options"] = v2v._UnpackOptions
        lines = ["#include <stddef.h>", '#include "v2v.h"']
        for name, kind in structs.items():
            lines.append(f'_Static_assert(sizeof(struct {name}) == {ctypes.sizeof(kind)}, "{name}");')
            for field, *_ in kind._fields_:
                place = getattr(kind, field)
                member = f"struct {name}, {field}"
                lines.append(f'_Static_assert(offsetof({member}) == {place.offset}, "{name}.{field}");')
                lines.append(
                    f'_Static_assert(sizeof(((struct {name} *)0)->{field}) == {place.size}, "{name}.{field}");'
                )
        lines.append(f'_Static_assert(V2V_DOCUMENT_VERSION == {v2v.DOCUMENT_VERSION}, "version");')
        lines += [f'_Static_assert({number} == V2V_{level.upper()}, "{level}");' for number, level in enumerate(v2v.LEVELS)]
        self.compile(lines)
        with self.assertRaises(subprocess.CalledProcessError):
            self.compile(lines + ['_Static_assert(sizeof(struct v2v_error) == 1, "");'])

    def compile(self, lines):
        subprocess.run(
            ["cc", "-fsyntax-only", "-I", TOP / "lib", "-xc", "-"],
            input="\n".join(lines).encode(), check=True, stderr=subprocess.DEVNULL if "== 1," in lines[-1] else None,
        )

    def test_all_functions(self):
        """Each function that the library exports is called by name, or needs a FILE or a C function."""
        text = (TOP / "lib/libv2v.sym").read_text(encoding="utf-8")
        exported = [line.strip("\t;") for line in text.splitlines() if "v2v_" in line]
        self.assertGreater(len(exported), 20)
        left_out = {
            "v2v_doc_read", "v2v_doc_write", "v2v_inspect_check", "v2v_report_check", "v2v_confine", "v2v_confined",
        }
        text = (TOP / "lib/python/v2v.py").read_text(encoding="utf-8")
        steps = {f"v2v_{name}" for name in v2v._STEPS}
        missing = {name for name in exported if f'"{name}"' not in text} - left_out - steps
        self.assertEqual(missing, set())


class WithFiles(unittest.TestCase):
    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)
        (self.folder / "tmp").mkdir()
        (self.folder / "out").mkdir()
        self.disk = self.folder / "disk ä.raw"
        self.disk.write_bytes(os.urandom(MIB) + bytes(3 * MIB))
        self.messages = []

    def handle(self, **more):
        handle = v2v.Handle(**{"tmpdir": self.folder / "tmp", "on_message": self.messages.append, **more})
        self.addCleanup(handle.close)
        return handle

    def ova(self, *names):
        numbers = range(1, len(names) + 1)
        text = OVF.format(
            files="".join(FILE.format(number) for number in numbers),
            disks="".join(DISK.format(number) for number in numbers),
            systems="".join(SYSTEM.format(*machine) for machine in zip(numbers, names)),
        )
        (self.folder / "x.ovf").write_text(text, encoding="utf-8")
        images = [f"{number}.vmdk" for number in numbers]
        (self.folder / "zeros").write_bytes(bytes(4 * MIB))
        convert = ["qemu-img", "convert", "-O", "vmdk", "-o", "subformat=streamOptimized", "zeros"]
        for image in images:
            subprocess.run([*convert, image], cwd=self.folder, check=True)
        subprocess.run(["tar", "cf", "x.ova", "x.ovf", *images], cwd=self.folder, check=True)
        return self.folder / "x.ova"


class Steps(WithFiles):
    def test_pipeline(self):
        """The documents are those of the programs."""
        out = self.folder / "out"
        shell = (
            f"v2v-unpack --name Ω --memory 256M --vcpus 2 --firmware uefi '{self.disk}' | v2v-overlay |"
            f" v2v-estimate --measure -o '{out}' | v2v-copy --verify --hash -o '{out}' |"
            " v2v-meta --network lan --name new"
        )
        theirs = json.loads(subprocess.run(shell, shell=True, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout)
        for file in out.iterdir():
            file.unlink()
        with self.handle() as handle:
            (first,) = handle.unpack(self.disk, name="Ω", memory=256 * MIB, vcpus=2, firmware="uefi")
            before = json.dumps(first)
            document = handle.overlay(first)
            self.assertEqual(json.dumps(first), before)
            self.assertIn("workdir", document)
            document = handle.estimate(document, out_dir=out, measure=True)
            document = handle.copy(document, out, verify=True, hash=True)
            document = handle.meta(document, network="lan", name="new")
            handle.report([document, document], name="all")
        self.assertEqual(sorted(os.listdir(out)), ["all.html", "new.xml", "Ω-sda.qcow2"])
        self.assertEqual(os.listdir(self.folder / "tmp"), [])
        self.assertEqual(document, theirs)

    def test_several(self):
        documents = self.handle().unpack(self.ova("one", "two"))
        self.assertEqual([doc["source"]["name"] for doc in documents], ["one", "two"])
        self.assertEqual([doc["source"]["vcpus"] for doc in documents], [1, 2])
        (two,) = self.handle().unpack([os.fsencode(self.folder / "x.ova")], vm="two")
        self.assertEqual(two["source"]["name"], "two")

    def test_left_behind(self):
        """What was unpacked goes with the handle, with discard(), or stays."""
        packed = self.folder / "disk.raw.gz"
        packed.write_bytes(subprocess.run(["gzip", "-c", self.disk], check=True, stdout=subprocess.PIPE).stdout)
        handle = self.handle(discard_at_end=False)
        (document,) = handle.unpack(packed)
        self.assertEqual(len(os.listdir(self.folder / "tmp")), 1)
        handle.discard(document)
        self.assertEqual(os.listdir(self.folder / "tmp"), [])
        handle.unpack(packed)
        handle.close()
        self.assertEqual(len(os.listdir(self.folder / "tmp")), 1)
        with self.handle() as handle:
            handle.clean()
            self.assertEqual(os.listdir(self.folder / "tmp"), [])
            handle.unpack(packed)
        self.assertEqual(os.listdir(self.folder / "tmp"), [])

    def test_small(self):
        self.assertRegex(v2v.version(), r"^\d+\.\d+\.\d+")
        self.assertEqual(v2v.meta_types()[0], "libvirt")
        self.assertIn("report", v2v.meta_types())
        self.assertTrue(v2v.is_image(self.disk))
        self.assertFalse(v2v.is_image(self.ova("one")))


    def test_guest(self):
        """The example converts a machine: what it printed is there, and nothing else is left."""
        guest = os.environ.get("V2V_GUEST")
        if not guest:
            self.skipTest("V2V_GUEST, an OVA, is not set")
        done = subprocess.run(
            [sys.executable, "-B", TOP / "lib/python/convert.py", guest, self.folder / "out"],
            check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env={**os.environ, "TMPDIR": str(self.folder / "tmp")},
        )
        name, *files = done.stdout.split()
        self.assertEqual(files, [f"{self.folder}/out/{name}.xml"])
        self.assertEqual(sorted(os.listdir(self.folder / "out")), [f"{name}-sda.qcow2", f"{name}.xml"])
        self.assertIn("inspect: ", done.stderr)


class Errors(WithFiles):
    def refused(self, code, call, *arguments, **more):
        with self.assertRaises(v2v.Error) as raised:
            call(*arguments, **more)
        self.assertEqual(raised.exception.code, code, raised.exception)
        self.assertEqual(str(raised.exception), raised.exception.text)

    def test_codes(self):
        handle = self.handle()
        with self.assertRaises(v2v.Error) as raised:
            handle.unpack(self.folder / "nothing.ova")
        self.assertIn("nothing.ova", raised.exception.text)
        (document,) = handle.unpack(self.disk)
        self.refused("bad-option", handle.copy, document, self.folder / "out", preallocation="some")
        self.refused("document-shape", handle.copy, {"v2v": 1, "source": 5}, self.folder / "out")
        self.refused("backend-unknown", v2v.Handle, backend="vmware")
        self.assertEqual(os.listdir(self.folder / "out"), [])

    def test_values(self):
        """What C could not be told is not cut."""
        handle = self.handle()
        for option in ({"memory": 1 << 64}, {"vcpus": -1}, {"name": "a\0b"}, {"name": b"a\0b"}):
            with self.assertRaises(ValueError, msg=option):
                handle.unpack(self.disk, **option)
        with self.assertRaises(TypeError):
            handle.unpack(self.disk, color="red")
        (document,) = handle.unpack(self.disk)
        with self.assertRaises(TypeError):
            handle.inspect(document, keys="all:key:x")
        for wrong in ({"v2v": float("nan")}, {"v2v": {1, 2}}):
            with self.assertRaises((ValueError, TypeError)):
                handle.overlay(wrong)

    def test_closed(self):
        handle = self.handle()
        handle.close()
        handle.close()
        handle.cancel()
        with self.assertRaises(ValueError):
            handle.clean()

    def test_forked(self):
        handle = self.handle()
        handle.clean()
        child = os.fork()
        if child == 0:
            try:
                handle.clean()
            except RuntimeError:
                os._exit(7)
            os._exit(1)
        self.assertEqual(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), 7)


class Callbacks(WithFiles):
    def test_messages(self):
        self.handle().unpack(self.disk)
        (message,) = [m for m in self.messages if m.code == "machine-assumed"]
        self.assertEqual((message.step, message.level), ("unpack", "warning"))
        self.assertIn("--memory", message.text)

    def test_progress(self):
        seen = []
        handle = self.handle(on_progress=seen.append)
        (document,) = handle.unpack(self.disk, assume=True)
        handle.copy(document, self.folder / "out")
        last = seen[-1]
        self.assertEqual((last.step, last.unit, last.done), ("copy", "bytes", last.total))
        self.assertGreaterEqual(last.total, MIB)

    def test_exception(self):
        """It comes out of the step, and the handle goes on."""

        def raises(progress):
            raise KeyError(progress.step, progress.phase)

        handle = self.handle(on_progress=raises)
        (document,) = handle.unpack(self.disk, assume=True)
        with self.assertRaises(KeyError) as raised:
            handle.inspect(document)
        self.assertEqual(raised.exception.args, ("inspect", "open"))
        self.assertEqual(os.listdir(self.folder / "tmp"), [])
        self.assertEqual(len(handle.unpack(self.disk, assume=True)), 1)

    def test_own_step(self):
        calls = []

        def again(_message):
            calls.append(1)
            handle.clean()

        handle = self.handle(on_message=again)
        with self.assertRaises(RuntimeError):
            handle.unpack(self.disk)
        self.assertEqual(calls, [1])

    def test_cancel(self):
        """By another thread, in the middle of an inspection."""
        begun, cancelled, calls = threading.Event(), threading.Event(), []

        def waits(progress):
            calls.append(progress.phase)
            begun.set()
            cancelled.wait()

        def cancels():
            begun.wait()
            handle.cancel()
            cancelled.set()

        handle = self.handle(on_progress=waits)
        (document,) = handle.unpack(self.disk, assume=True)
        other = threading.Thread(target=cancels)
        other.start()
        with self.assertRaises(v2v.Error) as raised:
            handle.inspect(document)
        other.join()
        self.assertEqual(raised.exception.code, "cancelled")
        self.assertEqual(calls, ["open"])
        with self.assertRaises(v2v.Error):
            handle.unpack(self.disk)
        handle.resume()
        self.assertEqual(len(handle.unpack(self.disk, assume=True)), 1)

    def test_interrupted(self):
        """As by Ctrl-C, again and again: the step ends, and its documents live as long."""
        calls = []

        class Interrupted(BaseException):
            pass

        def interrupts(_signal, _frame):
            seen.release()
            raise Interrupted

        def waits(progress):
            calls.append(progress.phase)
            for _ in range(3):
                # What comes just before Python waits is seen when it is woken again.
                while not seen.acquire(timeout=0.05):
                    signal.pthread_kill(main, signal.SIGUSR1)

        seen, main = threading.Semaphore(0), threading.get_ident()
        old = signal.signal(signal.SIGUSR1, interrupts)
        self.addCleanup(signal.signal, signal.SIGUSR1, old)
        handle = self.handle(on_progress=waits)
        (document,) = handle.unpack(self.disk, assume=True)
        with self.assertRaises(Interrupted):
            handle.inspect(document)
        self.assertEqual(calls, ["open"])
        self.assertEqual(len(handle.unpack(self.disk, assume=True)), 1)


if __name__ == "__main__":
    sys.exit(unittest.main(verbosity=2))

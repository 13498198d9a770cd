# SPDX-License-Identifier: LGPL-2.1-or-later
"""One machine: what an engine starts.  Running it twice, at once or one after the other, is harmless."""

import os
import shutil
import socket
import sys
import time

from fleet import documents, files, publish, room, signals, state, steps
from fleet.error import Ended, Failed, masked, reason, retry_of
from fleet.place import check_path, name_of

BUSY = 75  # EX_TEMPFAIL
METADATA = (".xml", ".sh", ".yaml", ".template")  # gets its names after the disks


class Job:
    """A machine on its way, from the lock to the final names."""

    def __init__(self, place, path, how, options, handle):
        self.place, self.path, self.how, self.options = place, path, how, options
        self.name = name_of(path)
        self.keep = (handle,)
        self.work = place.of(self.name, "work")
        self.made = os.path.join(self.work, "out")
        self.log = place.of(self.name, "log")
        self.state = state.new(path, how)
        self.offset = 0

    def command(self, step, *more):
        """A step with its options."""
        return steps.command(step, self.options, *more)

    def run(self, commands, source, target):
        """A part of the pipeline, whose failure is ours; its documents."""
        env = dict(os.environ, TMPDIR=os.path.join(self.work, "tmp"))
        target = os.path.join(self.work, target)
        results = steps.run(commands, source and os.path.join(self.work, source), target, self.log, env, self.keep)
        for result in results:
            self.state["seconds"][result.step] = result.seconds
        cause = steps.cause(results, self.log, self.offset)
        if cause:
            self.state.update(cause, state="failed")
            raise Failed(cause["code"], cause["text"])
        return documents.read(target)

    def look(self):
        """Source, inspection and estimate: what it will need, and whether it can be converted at all."""
        name = ["--name", self.name] if self.how["name_by_file"] else []
        inspect = [] if self.how["no_convert"] else [self.command("inspect")]
        looked = self.run([self.command("unpack", *name, self.path), *inspect, self.command("estimate", "-o", self.place.out)],
                          None, "looked")
        self.state["bytes"]["estimated"] = documents.bytes_of(looked, "estimated_size")
        self.keep_documents(looked)
        blockers = documents.blockers_of(looked)
        if blockers:
            self.state.update(state="blocked", step="inspect", code=blockers[0]["code"], text=blockers[0]["text"], retry="never")
            raise Failed(blockers[0]["code"], blockers[0]["text"])

    def keep_documents(self, kept):
        """For the report."""
        files.write_text(self.place.of(self.name, "documents"), documents.as_text(kept))

    def placed(self, made):
        """The documents with the final names in the place of those in the work directory, of which none may be left."""
        placed = publish.renamed(made, self.made, self.place.out)
        for document in placed:
            ours = [document.get(section) for section in ("targets", "removable_slots", "metadata")]
            left = publish.names_below(ours, self.work) + publish.names_below(ours, os.path.realpath(self.work))
            if left:
                raise Failed("internal", f"'{left[0]}' would not be there any more: is a directory below '{self.place.folder}' a symlink?")
        return placed

    def make(self):
        """The new disks and their metadata, in the work directory, as if they were in their final place."""
        convert = [] if self.how["no_convert"] else [self.command("convert")]
        copied = self.placed(self.run([*convert, self.command("copy", "-o", self.made)], "looked", "copied"))
        with open(os.path.join(self.work, "placed"), "w", encoding="utf-8", errors="surrogateescape") as out:
            out.write(documents.as_text(copied))
        described = self.placed(self.run([self.command("meta", "-o", self.made)], "placed", "described"))
        self.keep_documents(described)
        self.state["bytes"]["written"] = documents.bytes_of(described, "actual_size")

    def work_on(self):
        """All of it, in an empty work directory."""
        if os.path.lexists(self.work):
            shutil.rmtree(self.work)
        os.makedirs(os.path.join(self.work, "tmp"))
        os.mkdir(self.made)
        self.state["head_sha256"] = state.head_of(self.path)
        self.state["bytes"]["read"] = os.stat(self.path).st_size if not os.path.isdir(self.path) else files.size_below(self.path)
        self.look()
        with room.reserve(self.place, self.name, self.state["bytes"]["estimated"]):
            self.make()
            names = sorted(os.listdir(self.made), key=lambda name: (name.endswith(METADATA), name))
            publish.check(names, self.place.out)
            self.state["warnings"] = steps.warnings(self.log, self.offset)
            self.finish(names)

    def finish(self, names):
        """The final names.  They are in the state before the first of them is given: a job that comes after a crash goes on.  It is done
        when nothing else is left."""
        signals.ignore()
        self.state["publishing"] = names
        state.write(self.place, self.state)
        try:
            publish.publish(names, self.made, self.place.out)
        except Failed:
            if all(os.path.exists(os.path.join(self.made, name)) for name in names):
                self.state["publishing"] = []
            raise
        self.state.update(state="done", files=names, publishing=[])

    def begin(self, before, goes_on):
        """The state of this try."""
        if goes_on:
            self.state = dict(before, code=None, step=None, text=None, retry=None, ended=None)
        self.state.update({"try": before["try"] + 1 if before else 1, "state": "running", "started": state.now(),
                           "node": os.environ.get("SLURMD_NODENAME") or socket.gethostname(),
                           "engine": os.environ.get("V2V_FLEET_ENGINE", "local")})
        state.write(self.place, self.state)
        with open(self.log, "ab") as log:
            self.offset = log.tell()

    def fail(self, code, text):
        """Why, where no step said it."""
        if self.state["state"] in ("planned", "running"):
            self.state.update(state="failed", code=code, text=text, retry=retry_of(code), step=self.state["step"])

    def steps_of(self, before, goes_on):
        """The try itself: from the beginning, or the rest of the renames."""
        if goes_on:
            state.check_same(before, self.path, self.how)
            self.finish(before["publishing"])
        else:
            self.work_on()

    def attempt(self, before):
        """A try, whose outcome is in the state whatever happens."""
        begun, goes_on = time.monotonic(), self.can_go_on(before)
        try:
            self.begin(before, goes_on)
            self.steps_of(before, goes_on)
        except Failed as failure:
            self.fail(failure.code, failure.text)
        except OSError as error:
            self.fail("io", reason(error))
        except Ended as ended:
            self.fail("cancelled", f"ended by signal {ended.signum}")
            raise
        except Exception as error:  # what nobody thought of is told as what it is, and the other machines go on
            self.fail("internal", f"{type(error).__name__}: {error}")
        finally:
            signals.ignore()
            self.fail("cancelled", "ended by a signal")
            # what was to be published is published by the next try: the work directory has the rest
            if not self.state["publishing"]:
                shutil.rmtree(self.work, ignore_errors=True)
            self.state["seconds"]["total"] = round(time.monotonic() - begun, 3)
            self.state["ended"] = state.now()
            self.state["warnings"] = sorted({*self.state["warnings"], *steps.warnings(self.log, self.offset)})
            state.write(self.place, self.state)

    def can_go_on(self, before):
        """Was the try before ended amid publishing?"""
        names = before["publishing"] if before else []
        return bool(names) and all(any(os.path.exists(os.path.join(folder, name)) for folder in (self.made, self.place.out))
                                   for name in names)


def state_before(place, path):
    """What the try before has left; none where that is damaged: what it made is not replaced."""
    try:
        before = state.read(place, name_of(path))
    except Failed as failure:
        print(f"v2v-fleet: {masked(failure.text)}; starting over", file=sys.stderr)
        return None
    if before and before["input"] != path:
        raise Failed("same-name", f"'{path}' would have the name of '{before['input']}'")
    return before


def clean(place, name):
    """Remove what a job that was killed has left, but the work directory.  With the lock held."""
    room.drop(place, name)
    for suffix in ("json", "documents"):
        files.remove_temporaries(place.of(name, suffix))


def locked_job(place, path, how, options, handle):
    """With the lock held."""
    before = state_before(place, path)
    job = Job(place, path, how, options, handle)
    clean(place, job.name)
    if before and state.is_done(place, before):
        shutil.rmtree(job.work, ignore_errors=True)
        state.check_same(before, path, how)
        return 0
    job.attempt(before)
    if job.state["state"] == "done":
        return 0
    print(f"v2v-fleet: {masked(job.name)}: {job.state['state']}: {masked(job.state['text'] or '')} [{job.state['code']}]",
          file=sys.stderr)
    return 1


def run(place, path, how, options):
    """The exit status: 0 done, now or before; 1 failed or blocked; 75 another job has this machine.  @options: how["words"] by step."""
    path = os.path.abspath(path)
    check_path(path)
    signals.catch()
    place.make()
    handle = files.lock(place.of(name_of(path), "lock"), wait=False, tries=10)
    if handle is None:
        print(f"v2v-fleet: {masked(name_of(path))}: another job has this machine", file=sys.stderr)
        return BUSY
    try:
        return locked_job(place, path, how, options, handle)
    finally:
        os.close(handle)

# SPDX-License-Identifier: LGPL-2.1-or-later
"""One machine: what an engine starts.  Running it twice, at once or one after the other, is harmless."""

import collections
import json
import os
import shutil
import signal
import socket
import sys
import time

from fleet import files, publish, room, state, steps
from fleet.error import Ended, Failed, masked
from fleet.place import name_of

BUSY = 75  # EX_TEMPFAIL

# How machines are converted: options of each step; is it converted at all; is it called like its file?
How = collections.namedtuple("How", "options convert name_by_file")


class Job:
    """A machine on its way, from the lock to the final names."""

    def __init__(self, place, path, how, handle):
        self.place, self.path, self.how = place, path, how
        self.name = name_of(path)
        self.keep = (handle,)
        self.work = place.of(self.name, "work")
        self.made = os.path.join(self.work, "out")
        self.log = place.of(self.name, "log")
        self.state = state.new(path)
        self.offset = 0

    def command(self, step, *more):
        """A step with the user's options, then ours, which go before them."""
        return [f"v2v-{step}", "--messages=json", *self.how.options.get(step, []), *more]

    def run(self, commands, source, target):
        """A part of the pipeline, whose failure is ours."""
        env = dict(os.environ, TMPDIR=os.path.join(self.work, "tmp"))
        results = steps.run(commands, source, target, self.log, env, self.keep)
        for result in results:
            self.state["seconds"][result.step] = result.seconds
        cause = steps.cause(results, self.log, self.offset)
        if cause:
            self.state.update(cause, state="failed")
            raise Failed(cause["code"], cause["text"])

    def documents(self, file):
        """The documents that a part of the pipeline wrote."""
        with open(os.path.join(self.work, file), encoding="utf-8", errors="surrogateescape") as lines:
            return [json.loads(line) for line in lines]

    def look(self):
        """Source, inspection and estimate: what it will need, and whether it can be converted at all."""
        looked = os.path.join(self.work, "looked")
        name = ["--name", self.name] if self.how.name_by_file else []
        inspect = [self.command("inspect")] if self.how.convert else []
        self.run([self.command("unpack", *name, self.path), *inspect, self.command("estimate", "-o", self.place.out)], None, looked)
        documents = self.documents("looked")
        self.state["bytes"]["estimated"] = sum(target.get("estimated_size") or 0 for document in documents
                                               for target in document.get("targets", []))
        self.keep_documents(documents)
        blockers = [finding for document in documents for finding in document.get("inspect", {}).get("findings", [])
                    if finding["level"] == "blocker"]
        if blockers:
            self.state.update(state="blocked", step="inspect", code=blockers[0]["code"], text=blockers[0]["text"], retry="never")
            raise Failed(blockers[0]["code"], blockers[0]["text"])
        return looked

    def keep_documents(self, documents):
        """For the report."""
        files.write_text(self.place.of(self.name, "documents"), "".join(json.dumps(document) + "\n" for document in documents))

    def make(self, looked):
        """The new disks and their metadata, in the work directory, as if they were in their final place."""
        convert = [self.command("convert")] if self.how.convert else []
        self.run([*convert, self.command("copy", "-o", self.made)], looked, os.path.join(self.work, "copied"))
        documents = publish.renamed(self.documents("copied"), self.made, self.place.out)
        with open(os.path.join(self.work, "placed"), "w", encoding="utf-8", errors="surrogateescape") as out:
            out.writelines(json.dumps(document) + "\n" for document in documents)
        self.run([self.command("meta", "-o", self.made)], os.path.join(self.work, "placed"), os.path.join(self.work, "described"))
        documents = publish.renamed(self.documents("described"), self.made, self.place.out)
        self.keep_documents(documents)
        self.state["bytes"]["written"] = sum(target.get("actual_size") or 0 for document in documents for target in document["targets"])

    def finish(self):
        """The final names.  They are in the state before the first of them is given: a job that comes after a crash goes on."""
        names = self.state["publishing"]
        try:
            publish.publish(names, self.made, self.place.out)
        except Failed:
            if all(os.path.exists(os.path.join(self.made, name)) for name in names):
                self.state["publishing"] = []
            raise
        self.state.update(state="done", files=names, publishing=[], code=None, step=None, text=None, retry=None)
        state.write(self.place, self.state)

    def work_on(self):
        """All of it, in an empty work directory."""
        os.makedirs(os.path.join(self.work, "tmp"))
        os.mkdir(self.made)
        self.state["head_sha256"] = state.head_of(self.path)
        self.state["bytes"]["read"] = os.stat(self.path).st_size if not os.path.isdir(self.path) else files.size_below(self.path)
        looked = self.look()
        with room.reserve(self.place, self.name, self.state["bytes"]["estimated"]):
            self.make(looked)
            names = sorted(os.listdir(self.made), key=lambda name: (name.endswith((".xml", ".sh", ".yaml", ".template")), name))
            publish.check(names, self.place.out)
            self.state["publishing"] = names
            state.write(self.place, self.state)
            self.finish()

    def begin(self, before):
        """The state of this try."""
        self.state.update({"try": (before or {}).get("try", 0) + 1, "state": "running", "started": state.now(),
                           "node": os.environ.get("SLURMD_NODENAME") or socket.gethostname(),
                           "engine": os.environ.get("V2V_FLEET_ENGINE", "local")})
        state.write(self.place, self.state)
        with open(self.log, "ab") as log:
            self.offset = log.tell()

    def fail(self, code, text, retry):
        """Why, where no step said it."""
        if self.state["state"] == "running":
            self.state.update(state="failed", code=code, text=text, retry=retry, step=self.state["step"])

    def attempt(self, before):
        """A try, whose outcome is in the state whatever happens."""
        begun = time.monotonic()
        self.begin(before)
        try:
            self.work_on()
        except Failed as failure:
            self.fail(failure.code, failure.text, "later")
        except OSError as error:
            self.fail("io", f"'{error.filename}': {error.strerror}", "later")
        except Ended as ended:
            self.fail("cancelled", f"ended by signal {ended.signum}", "now")
            raise
        finally:
            # what was to be published is published by the next try: the work directory has the rest
            if not self.state["publishing"]:
                shutil.rmtree(self.work, ignore_errors=True)
            self.state["seconds"]["total"] = round(time.monotonic() - begun, 3)
            self.state["ended"] = state.now()
            self.state["warnings"] = steps.warnings(self.log, self.offset)
            state.write(self.place, self.state)

    def can_go_on(self, before):
        """Was the try before ended amid publishing?"""
        names = (before or {}).get("publishing")
        return bool(names) and all(any(os.path.exists(os.path.join(folder, name)) for folder in (self.made, self.place.out))
                                   for name in names)

    def go_on(self, before):
        """Publish the rest."""
        self.state = before
        self.finish()
        shutil.rmtree(self.work, ignore_errors=True)
        self.state["ended"] = state.now()
        state.write(self.place, self.state)


def on_signal(signum, _frame):
    """Ends a job once; what cleans up after it is not ended."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(each, signal.SIG_IGN)
    raise Ended(signum)


def catch_signals():
    """SIGTERM is what engines send; a hang-up that is ignored (nohup) stays so."""
    for each in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        if signal.getsignal(each) != signal.SIG_IGN:
            signal.signal(each, on_signal)


def already_done(before, path):
    """Nothing is done again; but what is done must be of this input."""
    if os.path.exists(path) and state.head_of(path) != before["head_sha256"]:
        raise Failed("file-exists", f"'{path}' has changed since it was converted: remove the files of {before['name']!r} first")
    return 0


def locked_job(place, path, how, handle):
    """With the lock held."""
    job = Job(place, path, how, handle)
    before = state.read(place, job.name)
    if before and before["input"] != path:
        raise Failed("same-name", f"'{path}' would have the name of '{before['input']}'")
    if before and state.is_done(place, before):
        return already_done(before, path)
    if job.can_go_on(before):
        job.go_on(before)
    else:
        shutil.rmtree(job.work, ignore_errors=True)
        job.attempt(before)
    if job.state["state"] == "done":
        return 0
    print(f"v2v-fleet: {masked(job.name)}: {job.state['state']}: {masked(job.state['text'] or '')} [{job.state['code']}]",
          file=sys.stderr)
    return 1


def run(place, path, how):
    """The exit status: 0 done, now or before; 1 failed or blocked; 75 another job has this machine; 128+N ended by signal N."""
    path = os.path.abspath(path)
    catch_signals()
    try:
        place.make()
        handle = files.lock(place.of(name_of(path), "lock"), wait=False, tries=10)
        if handle is None:
            print(f"v2v-fleet: {masked(name_of(path))}: another job has this machine", file=sys.stderr)
            return BUSY
        try:
            return locked_job(place, path, how, handle)
        finally:
            os.close(handle)
    except Ended as ended:
        return 128 + ended.signum

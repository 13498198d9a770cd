/* SPDX-License-Identifier: LGPL-2.1-or-later */
/* The threads that copy. */
#include "copy/engine-private.h"
#include "copy/pace.h"

#define TICK  0.1 /* seconds between two words on the progress */
#define SPARE 8	  /* batches that wait for their turn in order */

struct v2v_engine {
	struct v2v_disk_run *runs;
	size_t count, unfinished;
	unsigned at_once, active;
	pthread_mutex_t lock;
	pthread_cond_t changed; /* for the workers */
	pthread_cond_t ended;	/* for the caller */
	struct v2v_batch *idle;
	unsigned made, most; /* batches */
	struct v2v_pace pace;
	int stop;      /* atomically */
	uint64_t done; /* bytes */
	size_t failed; /* index of the job; count: none */
	struct v2v_error error;
};

/* Locked. */
static void fail(struct v2v_engine *e, const struct v2v_disk_run *run,
	const struct v2v_error *why)
{
	if (!e->stop) {
		e->failed = (size_t)(run - e->runs);
		e->error = *why;
	}
	__atomic_store_n(&e->stop, 1, __ATOMIC_RELAXED);
	pthread_cond_signal(&e->ended);
}

static bool is_ready(const struct v2v_disk_run *run)
{
	return run->next == run->job->size && !run->under_way &&
	       !run->is_planning && !run->is_finishing;
}

/* The first disk that there is something to do for: so the data are read and
 * written in order as far as may be, and the next disk fills the gaps. */
static struct v2v_disk_run *choose(struct v2v_engine *e)
{
	for (size_t i = 0; i < e->count; i++) {
		struct v2v_disk_run *run = &e->runs[i];

		if (run->state == V2V_RUN_ACTIVE &&
			(is_ready(run) || (!run->is_planning &&
						  run->next < run->job->size)))
			return run;
	}
	if (e->active == e->at_once)
		return NULL;
	for (size_t i = 0; i < e->count; i++)
		if (e->runs[i].state == V2V_RUN_WAITING) {
			e->runs[i].state = V2V_RUN_ACTIVE;
			e->active++;
			return &e->runs[i];
		}
	return NULL;
}

static struct v2v_batch *take_batch(struct v2v_engine *e)
{
	struct v2v_batch *batch = e->idle;

	if (batch) {
		e->idle = batch->next;
	} else if (e->made < e->most) {
		e->made++;
		batch = v2v_batch_new();
	}
	return batch;
}

static void give_back(struct v2v_engine *e, struct v2v_batch *batch)
{
	batch->next = e->idle;
	e->idle = batch;
}

/* Until so many bytes may be read; locked, but not meanwhile. */
static void wait_for_turn(struct v2v_engine *e, uint64_t bytes)
{
	double now, wait;
	struct timespec until = v2v_pace_after(0, &now);

	wait = v2v_pace_take(&e->pace, now, bytes);
	if (wait <= 0)
		return;
	until = v2v_pace_after(wait, &now);
	while (!e->stop && pthread_cond_timedwait(
				   &e->changed, &e->lock, &until) != ETIMEDOUT)
		;
}

/* Note that it was written; from time to time that is saved.  Locked, but not
 * meanwhile. */
static void keep_record(struct v2v_engine *e, struct v2v_disk_run *run,
	const struct v2v_batch *batch)
{
	struct v2v_error err = { 0 };
	double begun, now;
	int r;

	v2v_pace_after(0, &begun);
	/* Who is stopped may have left zeros out. */
	if (e->stop || !v2v_run_note(run, batch, begun))
		return;
	pthread_mutex_unlock(&e->lock);
	r = v2v_run_save(run, &err);
	v2v_pace_after(0, &now);
	pthread_mutex_lock(&e->lock);
	v2v_run_saved(run, begun, now);
	if (r < 0)
		fail(e, run, &err);
}

/* Plan the run's next batch and work on it.  Locked, but not meanwhile. */
static void do_batch(struct v2v_engine *e, struct v2v_disk_run *run,
	struct v2v_batch *batch, struct v2v_hand *hand)
{
	struct v2v_error err = { 0 };
	uint64_t limit;
	int r;

	run->is_planning = true;
	batch->number = run->planned++;
	limit = v2v_run_limit(run, &batch->is_done);
	pthread_mutex_unlock(&e->lock);
	r = v2v_batch_plan(batch, v2v_run_reader(run), run->next, limit, &err);
	pthread_mutex_lock(&e->lock);
	run->is_planning = false;
	run->under_way++;
	run->next = v2v_run_skip(run, batch->to);
	pthread_cond_broadcast(&e->changed);
	if (r == 0)
		wait_for_turn(e, batch->bytes);
	pthread_mutex_unlock(&e->lock);
	if (r == 0)
		r = v2v_run_work(run, batch, hand, &e->stop, &err);
	pthread_mutex_lock(&e->lock);
	if (r < 0)
		fail(e, run, &err);
	else
		keep_record(e, run, batch);
	if (r == 0 && run->order && !run->is_back) {
		v2v_run_enqueue(run, batch);
		pthread_cond_broadcast(&e->changed);
		return;
	}
	if (r == 0) {
		e->done += batch->bytes;
		run->copied += run->is_back ? 0 : batch->bytes;
	}
	run->under_way--;
	give_back(e, batch);
	pthread_cond_broadcast(&e->changed);
}

static void finish(struct v2v_engine *e, struct v2v_disk_run *run)
{
	struct v2v_error err = { 0 };
	bool again;
	int r;

	run->is_finishing = true;
	pthread_mutex_unlock(&e->lock);
	r = v2v_run_finish(run, &again, &err);
	pthread_mutex_lock(&e->lock);
	run->is_finishing = false;
	if (r < 0) {
		fail(e, run, &err);
	} else if (again) {
		run->is_back = true;
		run->next = 0;
	} else {
		run->state = V2V_RUN_DONE;
		e->active--;
		if (--e->unfinished == 0)
			pthread_cond_signal(&e->ended);
	}
	pthread_cond_broadcast(&e->changed);
}

static void *work(void *opaque)
{
	struct v2v_engine *e = opaque;
	struct v2v_hand hand = { v2v_scratch_new(), v2v_packer_new() };

	pthread_mutex_lock(&e->lock);
	while (!e->stop && e->unfinished) {
		struct v2v_disk_run *run = choose(e);
		struct v2v_batch *batch = NULL;

		if (run && is_ready(run)) {
			finish(e, run);
			continue;
		}
		if (run)
			batch = take_batch(e);
		if (batch)
			do_batch(e, run, batch, &hand);
		else
			pthread_cond_wait(&e->changed, &e->lock);
	}
	pthread_cond_broadcast(&e->changed);
	pthread_mutex_unlock(&e->lock);
	v2v_scratch_free(hand.scratch);
	v2v_packer_free(hand.packer);
	return NULL;
}

/* Take batches as their turn comes. */
static void *work_in_order(void *opaque)
{
	struct v2v_disk_run *run = opaque;
	struct v2v_engine *e = run->engine;

	pthread_mutex_lock(&e->lock);
	while (!e->stop && !(run->next == run->job->size &&
				   run->ordered == run->planned)) {
		struct v2v_batch *batch = run->queue;
		struct v2v_error err = { 0 };
		int r;

		if (!batch || batch->number != run->ordered) {
			pthread_cond_wait(&e->changed, &e->lock);
			continue;
		}
		run->queue = batch->next;
		pthread_mutex_unlock(&e->lock);
		r = v2v_ordered_add(run->order, batch, &err);
		pthread_mutex_lock(&e->lock);
		run->ordered++;
		run->copied += batch->bytes;
		e->done += batch->bytes;
		run->under_way--;
		give_back(e, batch);
		if (r < 0)
			fail(e, run, &err);
		pthread_cond_broadcast(&e->changed);
	}
	pthread_mutex_unlock(&e->lock);
	return NULL;
}

/* Until all is done, or something failed; locked. */
static void attend(struct v2v *v, struct v2v_engine *e, uint64_t total)
{
	uint64_t told = UINT64_MAX;

	while (!e->stop && e->unfinished) {
		double now;
		struct timespec until = v2v_pace_after(TICK, &now);
		uint64_t done = e->done;

		pthread_cond_timedwait(&e->ended, &e->lock, &until);
		if (v2v_check_cancel(v, &e->error) < 0) {
			__atomic_store_n(&e->stop, 1, __ATOMIC_RELAXED);
			break;
		}
		pthread_mutex_unlock(&e->lock);
		/* The end is reported when all is really done. */
		if (done != told && done < total)
			v2v_progress(v, -1, done, total, "bytes");
		told = done;
		pthread_mutex_lock(&e->lock);
	}
	pthread_cond_broadcast(&e->changed);
}

static void engine_begin(struct v2v_engine *e, size_t count,
	const struct v2v_copy_bounds *bounds)
{
	pthread_condattr_t monotonic;

	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_mutex_init(&e->lock, NULL);
	pthread_cond_init(&e->changed, &monotonic);
	pthread_cond_init(&e->ended, &monotonic);
	pthread_condattr_destroy(&monotonic);
	e->runs = v2v_alloc(count, sizeof *e->runs);
	e->count = e->unfinished = e->failed = count;
	e->at_once = bounds->at_once;
	e->most = bounds->threads;
	e->pace.rate = bounds->rate;
}

static void engine_clear(struct v2v_engine *e)
{
	struct v2v_batch *next;

	for (size_t i = 0; i < e->count; i++) {
		for (struct v2v_batch *b = e->runs[i].queue; b; b = next) {
			next = b->next;
			v2v_batch_free(b);
		}
		v2v_run_clear(&e->runs[i]);
	}
	for (struct v2v_batch *b = e->idle; b; b = next) {
		next = b->next;
		v2v_batch_free(b);
	}
	free(e->runs);
	pthread_mutex_destroy(&e->lock);
	pthread_cond_destroy(&e->changed);
	pthread_cond_destroy(&e->ended);
}

static int begin_runs(const struct v2v *v, struct v2v_engine *e,
	struct v2v_copy_job *jobs, uint64_t *ret_total)
{
	*ret_total = 0;
	for (size_t i = 0; i < e->count; i++) {
		struct v2v_disk_run *run = &e->runs[i];

		run->v = v;
		run->engine = e;
		run->job = &jobs[i];
		*ret_total += jobs[i].data * (jobs[i].verify ? 2 : 1);
	}
	for (size_t i = 0; i < e->count; i++) {
		if (v2v_run_begin(&e->runs[i], work_in_order, &e->stop,
			    &e->error) < 0)
			return -1;
		e->done += e->runs[i].copied;
		if (e->runs[i].order && e->most < V2V_COPY_MAX_THREADS)
			e->most += SPARE;
	}
	return 0;
}

/* Start the threads, wait for the end, and for them. */
static void run_threads(struct v2v *v, struct v2v_engine *e, pthread_t *threads,
	unsigned count, uint64_t total)
{
	unsigned started = 0;
	int status = 0;

	while (started < count && !status) {
		status = pthread_create(&threads[started], NULL, work, e);
		started += !status;
	}
	pthread_mutex_lock(&e->lock);
	/* Fewer than were asked for are fine, none is not. */
	if (!started) {
		errno = status;
		v2v_fail_errno(&e->error, "cannot start a thread");
		__atomic_store_n(&e->stop, 1, __ATOMIC_RELAXED);
	}
	attend(v, e, total);
	pthread_mutex_unlock(&e->lock);
	for (unsigned i = 0; i < started; i++)
		pthread_join(threads[i], NULL);
}

int v2v_copy_all(struct v2v *v, struct v2v_copy_job *jobs, size_t count,
	const struct v2v_copy_bounds *bounds, size_t *ret_failed,
	struct v2v_error *err)
{
	pthread_t handles[V2V_COPY_MAX_THREADS];
	struct v2v_engine e = { 0 };
	uint64_t total;
	int r;

	engine_begin(&e, count, bounds);
	if (begin_runs(v, &e, jobs, &total) == 0)
		run_threads(v, &e, handles, bounds->threads, total);
	pthread_mutex_lock(&e.lock);
	if (e.unfinished)
		__atomic_store_n(&e.stop, 1, __ATOMIC_RELAXED);
	pthread_cond_broadcast(&e.changed);
	pthread_mutex_unlock(&e.lock);
	for (size_t i = 0; i < count; i++)
		if (e.runs[i].has_order_thread)
			pthread_join(e.runs[i].order_thread, NULL);
	r = e.unfinished ? -1 : 0;
	*ret_failed = e.failed;
	if (r < 0)
		v2v_fail(err, e.error.code, "%s", e.error.text);
	else
		v2v_progress(v, -1, total, total, "bytes");
	engine_clear(&e);
	return r;
}

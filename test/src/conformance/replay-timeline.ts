import { setTimeout as sleep } from 'node:timers/promises';
import { firstDifference } from './first-difference.js';
import { grpcCaller } from './grpc-call.js';
import { differenceOfValues, type Sample } from './lasting-values.js';
import type { KnownDifferences } from './known-differences.js';
import { filledDeep } from './placeholders.js';
import { probe } from './probe.js';
import type { Recordings, Timeline } from './recordings.js';
import type { Outcome, Target } from './replay-vectors.js';
import { startServer, type Program } from './server-process.js';
import { makeWorkspace, type Workspace } from './workspace.js';

/** The recorder took twice as many samples; what counts lasts six times as long. */
const SAMPLE_EVERY_MS = 100;
/** On a machine with other work a server reacts later than the next action expects: further tries take twice and four times the time. */
const STRETCHES = [1, 2, 4];
/** Longest call of a probe, so that one that hangs does not stop the sampling for long. */
const PROBE_TIMEOUT_MS = 3000;

interface Observed {
  readonly samples: Map<string, Sample[]>;
  /** Answers of the reloads, in the order of the actions. */
  readonly answers: { code: string; message: string }[];
}

/**
 * Replays one timeline: acts on the store or the server at the recorded times while the probes are sampled, then
 * compares the order of the values that last, and the answers of the reloads. Times are not compared.
 */
export async function replayTimeline(
  recordings: Recordings,
  timeline: Timeline,
  program: Program,
  known: KnownDifferences,
): Promise<Outcome> {
  const outcome = { id: timeline.id, group: 'lifecycle' };
  let difference: string | undefined;
  let failedToReplay = false;
  for (const stretch of STRETCHES) {
    try {
      failedToReplay = false;
      difference = await replayStretched(recordings, timeline, program, stretch);
    } catch (error) {
      failedToReplay = true;
      difference = `could not be replayed: ${String(error)}`;
    }
    const isExpected = known({ ...outcome, difference, failedToReplay }) !== undefined && !failedToReplay;
    if (difference === undefined || isExpected) break;
  }
  return { ...outcome, difference, failedToReplay };
}

async function replayStretched(
  recordings: Recordings,
  timeline: Timeline,
  program: Program,
  stretch: number,
): Promise<string | undefined> {
  const workspace = await makeWorkspace(recordings, timeline.server);
  const server = await startServer(program, workspace.flags);
  const grpc = grpcCaller(`${server.host}:${server.grpcPort}`);
  try {
    if (!timeline.from_start) await server.ready();
    const target: Target = {
      rest: { host: server.host, port: server.restPort },
      grpc,
      places: workspace.places,
      strictness: 'everything',
    };
    const observed = await observe(timeline, target, workspace, server.grpcPort, stretch);
    return differenceOf(timeline, observed, workspace, stretch);
  } finally {
    grpc.close();
    await server.stop();
    await workspace.remove();
  }
}

async function observe(
  timeline: Timeline,
  target: Target,
  workspace: Workspace,
  grpcPort: number,
  stretch: number,
): Promise<Observed> {
  const observed: Observed = { samples: new Map(), answers: [] };
  const started = performance.now();
  const elapsedMs = (): number => performance.now() - started;
  /** Waits until the recording was `recordedMs` old. */
  const until = (recordedMs: number): Promise<void> => sleep(Math.max(0, recordedMs * stretch - elapsedMs()));
  const acting = act(timeline, target, workspace, until, observed);
  while (elapsedMs() < timeline.duration_ms * stretch) {
    const nextMs = elapsedMs() + SAMPLE_EVERY_MS;
    for (const [name, call] of Object.entries(timeline.probes)) {
      const request = { ...call.request, timeout_ms: PROBE_TIMEOUT_MS };
      const value = await probe({ ...call, request } as typeof call, target, grpcPort);
      const samples = observed.samples.get(name) ?? [];
      if (firstDifference(samples.at(-1)?.value ?? null, value) !== undefined)
        samples.push({ t_ms: elapsedMs(), value });
      observed.samples.set(name, samples);
    }
    await sleep(Math.max(0, nextMs - elapsedMs()));
  }
  await acting;
  return observed;
}

async function act(
  timeline: Timeline,
  target: Target,
  workspace: Workspace,
  until: (recordedMs: number) => Promise<void>,
  observed: Observed,
): Promise<void> {
  const waiting: Promise<unknown>[] = [];
  for (const { t_ms: atMs, action } of timeline.actions) {
    await until(atMs);
    if (action.op !== 'grpc') await workspace.apply(action);
    else {
      const { request, async: notAwaited } = action;
      const answered = target.grpc.call(request, target.places).then(({ code, message }) => ({ code, message }));
      if (notAwaited) waiting.push(answered.catch(() => undefined));
      else observed.answers.push(await answered);
    }
  }
  await Promise.race([Promise.all(waiting), until(timeline.duration_ms)]);
}

function differenceOf(
  timeline: Timeline,
  observed: Observed,
  workspace: Workspace,
  stretch: number,
): string | undefined {
  for (const name of Object.keys(timeline.probes)) {
    const expected = timeline.events
      .filter(({ event }) => event === name)
      .map(({ t_ms, value }) => ({ t_ms, value: filledDeep(value, workspace.places) }));
    const actual = observed.samples.get(name) ?? [];
    const difference = differenceOfValues(expected, actual, timeline.duration_ms, stretch);
    if (difference !== undefined) return `probe ${name}: ${difference}`;
  }
  const answers = timeline.events.flatMap(({ answer }) =>
    answer === undefined ? [] : [filledDeep(answer, workspace.places)],
  );
  return firstDifference(
    answers.map((answer) => ({
      code: (answer as { code: string }).code,
      message: (answer as { message: string }).message,
    })),
    observed.answers,
    0,
    'reload answers',
  );
}

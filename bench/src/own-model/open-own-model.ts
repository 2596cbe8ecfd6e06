import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Launch } from '../contestants/index.js';
import { fileDigest } from '../models/index.js';
import { requestMs } from '../questions/own-effort.js';
import type { ModelOptions, OwnModel } from '../record/index.js';
import { elementsOf, formatFor, rowsOf, type GoldenSet } from '../requests/index.js';
import type { Zoo } from '../run/zoo.js';
import { askInBatches, askModel, isAlike, loadModel, type Asked } from './ask-model.js';
import { fitRequests, type OwnRequest } from './fit-requests.js';
import { generatedFrom, generateRequests } from './generate-requests.js';
import { ownGolden, type OwnAnswer } from './own-golden.js';
import { placeModel, type PlacedModel } from './place-model.js';
import type { ModelFile, ModelSignature } from './read-model.js';
import { readRequests } from './read-requests.js';
import { stageModel } from './stage-model.js';
import { messageOf } from '../words/message-of.js';

export interface OpenOptions {
  readonly model: ModelOptions;
  /** The model of the run that goes on: it must be the same, and is asked the same requests. */
  readonly before?: OwnModel | undefined;
  /** Of generated requests. */
  readonly seed: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Opens the user's own model: finds it, exports it where it is a Keras file, reads or makes up requests, and asks TensorFlow for
 * the right answers. Nothing is served yet. @throws Error, one sentence each, for whatever stands in the way.
 */
export async function openOwnModel(options: OpenOptions): Promise<Zoo & AsyncDisposable> {
  const scratch = await mkdtemp(join(tmpdir(), 'own-model-'));
  try {
    return await open(options, scratch);
  } catch (error) {
    await rm(scratch, { recursive: true, force: true });
    throw error;
  }
}

async function open(
  { model, before, seed, onProgress, signal }: OpenOptions,
  scratch: string,
): Promise<Zoo & AsyncDisposable> {
  const place = (option: string, path: string): Promise<PlacedModel> =>
    placeModel({ option, path, scratch: join(scratch, option), onProgress, signal });
  const placed = await place('--model', model.path);
  const name = model.name ?? placed.name;
  const { file } = placed;
  const signatureName = model.signature ?? 'serving_default';
  const signature = signatureOf(file, signatureName, `--model ${model.path}`);
  const requests = await requestsFor(signatureName, signature, { model, seed });
  const update = model.modelV2 === undefined ? undefined : await place('--model-v2', model.modelV2);
  const nextVersion = placed.version + 1;
  const next = join(scratch, 'next');
  if (update !== undefined) {
    mustHaveSignature(update.file, signatureName, signature, `--model-v2 ${model.modelV2 ?? ''}`);
    await stageModel(update.folder, next, nextVersion);
  }
  const sha256 = {
    model: placed.sha256,
    requests: model.requests === undefined ? null : await fileDigest(model.requests),
    update: update?.sha256 ?? null,
  };
  if (before !== undefined) mustBeAsBefore(before, { sha256, version: placed.version });
  onProgress(`loading ${name} to ask it for the right answers`);
  const launch = { model: name, modelVersion: placed.version, modelBasePath: placed.basePath, factors: {} };
  const loaded = { signature: signatureName, widens: file.widens, path: model.path };
  const byBatch = new Map<number, readonly OwnAnswer[]>();
  let asked: Asked;
  let tensorflow: string;
  let further: { readonly more: number } | { readonly why: string };
  {
    await using engine = await loadModel(launch, loaded);
    tensorflow = engine.engine.tensorflow;
    asked = await askModel(engine, requests, before?.requests.used);
    byBatch.set(1, asked.requests);
    mustBeAnsweredByRow(asked.requests);
    further = await furtherInstances(signature, asked, (batch) =>
      askInBatches(engine, asked, batch, batch * asked.oneMs),
    );
  }
  const updated =
    model.modelV2 === undefined
      ? asked.requests
      : await askUpdate(
          { ...launch, modelVersion: nextVersion, modelBasePath: next },
          { ...loaded, path: model.modelV2 },
          asked.requests,
        );
  const facts = { model: name, version: placed.version, signature: signatureName };
  const golden = ownGolden(facts, byBatch);
  const goldenOfUpdate = ownGolden({ ...facts, version: nextVersion }, new Map([[1, updated]]));
  const jsonBytes = meanJsonBytes(golden);
  const own: OwnModel = before ?? {
    name,
    version: placed.version,
    path: model.path,
    signature: signatureName,
    sha256,
    otherSignatures: [...file.signatures.keys()].filter((each) => each !== signatureName),
    inputs: infosOf(signature.inputs),
    outputs: infosOf(signature.outputs),
    parameters: signature.parameters,
    bytes: file.bytes,
    requests: {
      kind: model.requests === undefined ? 'generated' : 'recorded',
      used: asked.requests.length,
      of: requests.length,
      from: model.requests ?? generatedFrom(signature, { ...model, seed }),
      jsonBytes,
      grpcBytes: meanBytes(golden, 'tensor-content'),
    },
    tensorflow,
    predictionMs: { one: rounded(asked.oneMs), more: 'more' in further ? rounded(further.more) : 0 },
    ...('why' in further ? { notBatchable: further.why } : {}),
    payloads: [
      ...(jsonBytes === null ? [] : (['json'] as const)),
      'tensor-content',
      // Strings stand in a field of their own either way.
      ...(signature.inputs.some(({ dtype }) => dtype !== 'string') ? (['float-val'] as const) : []),
    ],
    ...bindingCannotRun(signature),
    ...digitsLost(asked.requests),
    varies: [...asked.varying].map((output) => ({ output, reason: whyUnsteady(file) })),
    update: {
      version: nextVersion,
      path: model.modelV2 ?? null,
      answersAlike: asked.requests.some((request, at) => isAlike(request, updated[at] ?? request)),
    },
  };
  return {
    own,
    models: new Map([[name, factsOf(own)]]),
    missing: [],
    ensure: async (cells) => {
      const batches = new Set(cells.map(({ condition }) => condition.batch).filter((batch) => !byBatch.has(batch)));
      if (batches.size === 0) return [];
      await using engine = await loadModel(launch, loaded);
      for (const batch of batches) {
        onProgress(`asking ${name} for the answers to ${batch} instances at once`);
        byBatch.set(
          batch,
          (await askInBatches(engine, asked, batch, requestMs(own, { batch, payload: 'tensor-content' }))).requests,
        );
      }
      return [];
    },
    golden: (_, version) => Promise.resolve(version === own.version ? golden : goldenOfUpdate),
    basePath: () => placed.basePath,
    folder: (_, version) =>
      version === own.version || update === undefined ? placed.folder : join(next, String(version)),
    digest: (_, version) => (version === own.version ? placed.servedSha256 : ''),
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  };
}

/** @throws Error where the next version does not take the same requests, or gives other outputs. */
function mustHaveSignature(file: ModelFile, name: string, wanted: ModelSignature, given: string): void {
  const typesOf = ({ inputs, outputs }: ModelSignature): string =>
    JSON.stringify([inputs, outputs].map((all) => all.map(({ alias, dtype }) => [alias, dtype])));
  if (typesOf(signatureOf(file, name, given)) !== typesOf(wanted))
    throw new Error(`${given}: its signature ${name} has other inputs or outputs than --model`);
}

/** The answers of the next version to the same requests. */
async function askUpdate(
  launch: Launch,
  loaded: Parameters<typeof loadModel>[1],
  requests: readonly OwnAnswer[],
): Promise<readonly OwnAnswer[]> {
  await using engine = await loadModel(launch, loaded);
  return (await askModel(engine, requests, requests.length)).requests;
}

/** @throws Error where the files are others than those that the run began with: its trials could not stand beside new ones. */
function mustBeAsBefore(before: OwnModel, now: Pick<OwnModel, 'sha256' | 'version'>): void {
  const what =
    before.version !== now.version || before.sha256.model !== now.sha256.model
      ? `the model ${before.path}`
      : before.sha256.requests !== now.sha256.requests
        ? `the file of requests ${before.requests.from}`
        : before.sha256.update !== now.sha256.update
          ? `the next version ${before.update.path ?? ''}`
          : undefined;
  if (what !== undefined)
    throw new Error(`${what} has changed since the run began: put it back as it was, or begin a new run`);
}

/** @param given the option and what it says */
function signatureOf(file: ModelFile, name: string, given: string): ModelSignature {
  const signature = file.signatures.get(name);
  const all = [...file.signatures.keys()].join(', ') || 'none';
  if (signature === undefined)
    throw new Error(`${given} has no signature ${name}: it has ${all}; choose one with --signature`);
  const bare = [...signature.inputs, ...signature.outputs].find(({ dtype }) =>
    [undefined, 'resource', 'variant'].includes(dtype),
  );
  if (bare !== undefined)
    throw new Error(
      `${given}: ${bare.alias} of ${name} is of type ${bare.dtype ?? 'unknown'}, which no request can carry`,
    );
  if (signature.inputs.length === 0 || signature.outputs.length === 0)
    throw new Error(`${given}: the signature ${name} has no ${signature.inputs.length === 0 ? 'inputs' : 'outputs'}`);
  return signature;
}

async function requestsFor(
  name: string,
  signature: ModelSignature,
  { model, seed }: Pick<OpenOptions, 'model' | 'seed'>,
): Promise<OwnRequest[]> {
  if (model.requests === undefined) return generateRequests(signature, { ...model, seed });
  return fitRequests(await readRequests(model.requests), name, signature);
}

/** A body with `instances` gets rows of all outputs; TensorFlow Serving refuses it where they have no number of rows in common. */
function mustBeAnsweredByRow(requests: readonly OwnAnswer[]): void {
  for (const { where, format, outputs } of requests) {
    const [rows] = outputs.flatMap(({ tensor }) => tensor.shape.slice(0, 1));
    const uneven = outputs.find(({ tensor }) => tensor.shape[0] === undefined || tensor.shape[0] !== rows);
    if (format !== 'row' || uneven === undefined) continue;
    throw new Error(
      `${where} asks by "instances", and the output ${uneven.name} has not as many rows as the others: over REST the model is asked with "inputs"`,
    );
  }
}

/** As many as a batch of the study has, of a slow model as few as show what one more takes. */
const [TRIED_INSTANCES, FEW_INSTANCES, SLOW_MS] = [16, 2, 250];

/** Milliseconds of each further instance in a request, or why a request cannot hold any number of them. */
async function furtherInstances(
  { inputs, outputs }: ModelSignature,
  { requests, oneMs }: Asked,
  ask: (batch: number) => Promise<{ readonly requests: readonly OwnAnswer[]; readonly ms: number }>,
): Promise<{ readonly more: number } | { readonly why: string }> {
  const fixed = [...inputs, ...outputs].find(({ shape }) => shape?.[0] !== -1);
  if (fixed !== undefined) return { why: `the first dimension of ${fixed.alias} is not open` };
  if (requests.some((request) => rowsOf(request.inputs) !== 1))
    return { why: 'the requests hold several instances each already' };
  const shapes = new Set(
    requests.map((request) => JSON.stringify([...request.inputs.values()].map(({ shape }) => shape))),
  );
  if (shapes.size > 1) return { why: 'the instances have different shapes' };
  const tried = oneMs < SLOW_MS ? TRIED_INSTANCES : FEW_INSTANCES;
  try {
    // The first run with a new shape prepares it.
    await ask(tried);
    const { requests: answered, ms } = await ask(tried);
    if (answered.some((request) => formatFor(request) !== 'row'))
      return { why: 'an output has no row for each instance' };
    return { more: Math.max(0, (ms - oneMs) / (tried - 1)) };
  } catch (error) {
    return { why: `the model refuses ${tried} instances at once: ${messageOf(error)}` };
  }
}

/** Types of TensorFlow's binding for Node. */
const OF_BINDING = ['float', 'int32', 'int64', 'uint8', 'bool', 'string'];

function bindingCannotRun({ inputs, outputs }: ModelSignature): Pick<OwnModel, 'bindingCannot'> {
  const strange = [...inputs, ...outputs].find(({ dtype = '' }) => !OF_BINDING.includes(dtype));
  if (strange === undefined) return {};
  return {
    bindingCannot: `TensorFlow's binding for Node has no type ${strange.dtype ?? 'unknown'}, which ${strange.alias} has; the asynchronous session stands for the Flask style`,
  };
}

/** JavaScript's numbers hold whole numbers up to here with every digit. */
const MOST_EXACT = BigInt(Number.MAX_SAFE_INTEGER);

function digitsLost(requests: readonly OwnRequest[]): Pick<OwnModel, 'digitsLost'> {
  const isLong = (value: unknown): boolean => typeof value === 'bigint' && (value > MOST_EXACT || value < -MOST_EXACT);
  for (const { where, inputs } of requests)
    for (const [alias, tensor] of inputs)
      if (Array.from(elementsOf(tensor)).some(isLong))
        return {
          digitsLost: `${where} holds a whole number beyond 2^53 in ${alias}: JavaScript's JSON loses digits of it, and whoever reads with that refuses it; the real Flask stands for the Flask style`,
        };
  return {};
}

function whyUnsteady({ unsteadyOps }: ModelFile): string {
  const says = unsteadyOps.map(({ op, does }) => `${op} ${does}`);
  return says.length === 0 ? 'nothing in the graph tells why' : `in the graph ${says.join(', ')}`;
}

function meanJsonBytes(golden: GoldenSet): number | null {
  try {
    return meanBytes(golden, 'json');
  } catch {
    // JSON has no words for complex numbers: gRPC is asked alone.
    return null;
  }
}

function meanBytes(golden: GoldenSet, payload: 'json' | 'tensor-content'): number {
  const bodies = golden.prepare({ batch: 1, payload });
  return Math.round(bodies.reduce((sum, { body }) => sum + body.length, 0) / bodies.length);
}

function rounded(ms: number): number {
  return Number(ms.toPrecision(3));
}

function infosOf(tensors: ModelSignature['inputs']): OwnModel['inputs'] {
  return tensors.map(({ alias, dtype = 'unknown', shape }) => ({
    alias,
    dtype,
    shape: shape === null ? null : [...shape],
  }));
}

function factsOf({ name, version, parameters, bytes }: OwnModel): ReturnType<Zoo['models']['get']> & object {
  return {
    name,
    version,
    parameters,
    bytes,
    title: 'your own model',
    series: [],
    base: null,
    nonZeroParameters: null,
    flopsPerInstance: null,
    gzipBytes: null,
    accuracy: null,
  };
}

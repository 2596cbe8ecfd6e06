import { mkdtemp, rm } from 'node:fs/promises';
import { freemem, tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { folderDigest } from '../models/index.js';
import type { ModelOptions, OwnModel } from '../record/index.js';
import { predictRequestBytes, type GoldenSet } from '../requests/index.js';
import type { Zoo } from '../run/zoo.js';
import { askInBatches, askModel, loadModel, type Asked } from './ask-model.js';
import { exportKeras } from './export-keras.js';
import { findOwnModel } from './find-model.js';
import { fitRequests, type OwnRequest } from './fit-requests.js';
import { generatedFrom, generateRequests } from './generate-requests.js';
import { formatFor, ownGolden, rowsOf, type AnsweredRequest, type OwnSet } from './own-golden.js';
import { readModelFile, type ModelFile, type ModelSignature } from './read-model.js';
import { readRequests } from './read-requests.js';
import { stageModel } from './stage-model.js';

export interface OpenOptions {
  readonly model: ModelOptions;
  /** Of generated requests. */
  readonly seed: number;
  readonly onProgress: (text: string) => void;
  readonly signal: AbortSignal;
}

/** A model on this disk as servers take it. */
interface Placed {
  readonly basePath: string;
  /** Holds saved_model.pb. */
  readonly folder: string;
  readonly version: number;
  readonly name: string;
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

async function open({ model, seed, onProgress, signal }: OpenOptions, scratch: string): Promise<Zoo & AsyncDisposable> {
  const place = (option: string, path: string, into: string): Promise<Placed> =>
    placeModel(option, path, join(scratch, into), onProgress, signal);
  const placed = await place('--model', model.path, 'model');
  const name = model.name ?? placed.name;
  const file = await readFile('--model', model.path, placed);
  const signatureName = model.signature ?? 'serving_default';
  const signature = signatureOf(file, signatureName, model.path);
  const requests = await requestsFor(signatureName, signature, { model, seed });
  onProgress(`loading ${name} to ask it for the right answers`);
  const launch = { model: name, modelVersion: placed.version, modelBasePath: placed.basePath, factors: {} };
  const loaded = { signature: signatureName, widens: file.widens, path: model.path };
  const byBatch = new Map<number, readonly AnsweredRequest[]>();
  let asked: Asked;
  let tensorflow: string;
  let further: { readonly more: number } | { readonly why: string };
  {
    await using engine = await loadModel(launch, loaded);
    tensorflow = engine.engine.tensorflow;
    asked = await askModel(engine, requests);
    byBatch.set(1, asked.requests);
    mustBeAnsweredByRow(asked.requests);
    further = await furtherInstances(signature, asked, (batch) =>
      askInBatches(engine, asked.requests, batch, asked.varying),
    );
  }
  const set: OwnSet = { model: name, version: placed.version, signature: signatureName, byBatch };
  const jsonBytes = meanJsonBytes(set);
  const update = await placeUpdate(model, placed, signatureName, signature, place);
  const own: OwnModel = {
    ...{ name, version: placed.version, path: model.path, signature: signatureName },
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
      grpcBytes: meanGrpcBytes(set),
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
    varies: [...asked.varying].map((output) => ({ output, reason: whyUnsteady(file) })),
    update: { version: update.version, path: model.modelV2 ?? null },
  };
  const sets = new Map<number, Promise<GoldenSet>>([[own.version, Promise.resolve(ownGolden(set))]]);
  /** Of the update: those of a copy are the same, another model is asked when it is needed. */
  const ofUpdate = async (): Promise<GoldenSet> => {
    if (own.update.path === null) return ownGolden({ ...set, version: own.update.version });
    await using engine = await loadModel(
      { ...launch, modelVersion: update.version, modelBasePath: update.basePath },
      { ...loaded, path: own.update.path },
    );
    const { requests: answered } = await askModel(engine, asked.requests);
    return ownGolden({ ...set, version: own.update.version, byBatch: new Map([[1, answered]]) });
  };
  const digests = new Map([[own.version, await folderDigest(placed.folder)]]);
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
        byBatch.set(batch, (await askInBatches(engine, asked.requests, batch, asked.varying)).requests);
      }
      return [];
    },
    golden: (_, version) => {
      const known = sets.get(version) ?? ofUpdate();
      sets.set(version, known);
      return known;
    },
    basePath: () => placed.basePath,
    folder: (_, version) => (version === own.version ? placed.folder : update.folder),
    digest: (_, version) => digests.get(version) ?? '',
    [Symbol.asyncDispose]: () => rm(scratch, { recursive: true, force: true }),
  };
}

async function placeModel(
  option: string,
  path: string,
  scratch: string,
  onProgress: OpenOptions['onProgress'],
  signal: AbortSignal,
): Promise<Placed> {
  const found = await findOwnModel(option, path);
  if (found.kind === 'saved-model' && found.basePath !== undefined) return { ...found, basePath: found.basePath };
  const basePath = join(scratch, found.name);
  const folder = join(basePath, String(found.version));
  if (found.kind === 'keras')
    await exportKeras({
      file: found.file,
      into: folder,
      onProgress: (text) => {
        onProgress(`${path}: ${text}`);
      },
      signal,
    });
  else await stageModel(found.folder, basePath, found.version);
  return { basePath, folder, version: found.version, name: found.name };
}

/** Every contestant of a comparison holds the model in memory at the same time, and so does whoever knows the answers. */
async function readFile(option: string, path: string, { folder }: Placed): Promise<ModelFile> {
  const file = await readModelFile(folder).catch((cause: unknown) => {
    throw new Error(
      `${option} ${path}: ${cause instanceof Error ? cause.message.replace(folder, path) : String(cause)}`,
      {
        cause,
      },
    );
  });
  const free = Math.min(freemem(), process.constrainedMemory() || Infinity);
  const gib = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
  if (file.bytes > free)
    throw new Error(
      `${option} ${path}: the model has ${gib(file.bytes)} and ${gib(free)} of memory are free: no server could hold it here`,
    );
  return file;
}

function signatureOf(file: ModelFile, name: string, path: string): ModelSignature {
  const signature = file.signatures.get(name);
  const all = [...file.signatures.keys()].join(', ') || 'none';
  if (signature === undefined)
    throw new Error(`--model ${path} has no signature ${name}: it has ${all}; choose one with --signature`);
  const bare = [...signature.inputs, ...signature.outputs].find(({ dtype }) =>
    [undefined, 'resource', 'variant'].includes(dtype),
  );
  if (bare !== undefined)
    throw new Error(
      `--model ${path}: ${bare.alias} of ${name} is of type ${bare.dtype ?? 'unknown'}, which no request can carry`,
    );
  if (signature.inputs.length === 0 || signature.outputs.length === 0)
    throw new Error(
      `--model ${path}: the signature ${name} has no ${signature.inputs.length === 0 ? 'inputs' : 'outputs'}`,
    );
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

/** A body with `instances` gets a row for each; TensorFlow Serving refuses it where an output has none. */
function mustBeAnsweredByRow(requests: readonly AnsweredRequest[]): void {
  for (const request of requests) {
    if (request.format !== 'row' || formatFor(request) === 'row') continue;
    const uneven = request.outputs.find(({ tensor }) => tensor.shape[0] !== rowsOf(request.inputs));
    throw new Error(
      `${request.where} asks by "instances", and the output ${uneven?.name ?? ''} has no row for each instance: over REST the model is asked with "inputs"`,
    );
  }
}

const TRIED_INSTANCES = 16;

/** Milliseconds of each further instance in a request, or why a request cannot hold any number of them. */
async function furtherInstances(
  { inputs, outputs }: ModelSignature,
  { requests, oneMs }: Asked,
  ask: (batch: number) => Promise<{ readonly requests: readonly AnsweredRequest[]; readonly ms: number }>,
): Promise<{ readonly more: number } | { readonly why: string }> {
  const fixed = [...inputs, ...outputs].find(({ shape }) => shape?.[0] !== -1);
  if (fixed !== undefined) return { why: `the first dimension of ${fixed.alias} is not open` };
  if (requests.some((request) => rowsOf(request.inputs) !== 1))
    return { why: 'the requests hold several instances each already' };
  const shapes = new Set(
    requests.map((request) => JSON.stringify([...request.inputs.values()].map(({ shape }) => shape))),
  );
  if (shapes.size > 1) return { why: 'the instances have different shapes' };
  try {
    // The first run with a new shape prepares it.
    await ask(TRIED_INSTANCES);
    const { requests: answered, ms } = await ask(TRIED_INSTANCES);
    if (answered.some((request) => formatFor(request) !== 'row'))
      return { why: 'an output has no row for each instance' };
    return { more: Math.max(0, (ms - oneMs) / (TRIED_INSTANCES - 1)) };
  } catch (error) {
    return {
      why: `the model refuses ${TRIED_INSTANCES} instances at once: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
}

/** The model of an update: another one with the same signature, or the same again. */
async function placeUpdate(
  model: ModelOptions,
  placed: Placed,
  signatureName: string,
  signature: ModelSignature,
  place: (option: string, path: string, into: string) => Promise<Placed>,
): Promise<Placed> {
  const version = placed.version + 1;
  if (model.modelV2 === undefined) return { ...placed, version };
  const update = await place('--model-v2', model.modelV2, 'update');
  const other = signatureOf(await readFile('--model-v2', model.modelV2, update), signatureName, model.modelV2);
  const typesOf = ({ inputs, outputs }: ModelSignature): string =>
    JSON.stringify([inputs, outputs].map((all) => all.map(({ alias, dtype }) => [alias, dtype])));
  if (typesOf(other) !== typesOf(signature))
    throw new Error(
      `--model-v2 ${model.modelV2}: its signature ${signatureName} has other inputs or outputs than --model`,
    );
  const basePath = join(dirname(dirname(update.folder)), 'as-next');
  await stageModel(update.folder, basePath, version);
  return { ...update, basePath, folder: join(basePath, String(version)), version };
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

function whyUnsteady({ unsteadyOps }: ModelFile): string {
  const says = unsteadyOps.map(({ op, does }) => `${op} ${does}`);
  return says.length === 0 ? 'nothing in the graph tells why' : `in the graph ${says.join(', ')}`;
}

function meanJsonBytes(set: OwnSet): number | null {
  try {
    const bodies = ownGolden(set).prepare({ batch: 1, payload: 'json' });
    return mean(bodies.map(({ body }) => body.length));
  } catch {
    // JSON has no words for complex numbers: gRPC is asked alone.
    return null;
  }
}

function meanGrpcBytes({ byBatch, ...spec }: OwnSet): number {
  const requests = byBatch.get(1) ?? [];
  return mean(requests.map(({ inputs }) => predictRequestBytes({ ...spec, inputs, form: 'tensor-content' }).length));
}

function mean(values: readonly number[]): number {
  return Math.round(values.reduce((sum, value) => sum + value, 0) / values.length);
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
    ...{ name, version, parameters, bytes },
    title: 'your own model',
    ...{ series: [], base: null, nonZeroParameters: null, flopsPerInstance: null, gzipBytes: null, accuracy: null },
  };
}

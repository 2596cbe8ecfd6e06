import type { Signature, TensorValue } from '@serving-study/runtime';
import type { ModelManager, ModelSpec, Servable } from '../core.js';
import { acquire } from './acquire.js';
import { bytewiseSorted } from './bytewise-sorted.js';
import { signatureDefaults } from './signature-defaults.js';
import { checkPredictMethodName } from './method-name.js';
import { invalidArgument } from './invalid-argument.js';
import { StatusError } from '../status-error.js';

/** A tensor that only its run holds from then on, as it may be large. */
export function taken<T>(tensors: Map<string, T>, alias: string): T | undefined {
  const tensor = tensors.get(alias);
  tensors.delete(alias);
  return tensor;
}

/** The signature that answers when a request names none. */
export const DEFAULT_SIGNATURE = 'serving_default';

export interface PredictOptions {
  /** '' or absent means `serving_default`. */
  readonly signatureName?: string;
  /**
   * By alias, made only when model, signature and names are known to be right. One that gives undefined has nothing usable
   * in its TensorProto: reported when its turn comes.
   */
  readonly inputs: ReadonlyMap<string, () => TensorValue | undefined>;
  /** Aliases to return; empty or absent means all outputs of the signature. */
  readonly outputFilter?: readonly string[];
  /** Limit for the run itself; 0 means none. */
  readonly timeoutMs: number;
  /** --enable_signature_method_name_check. */
  readonly checkMethodName?: boolean;
}

export interface PredictResult {
  /** By alias, in the order of the filter or else of the signature. */
  readonly outputs: Map<string, TensorValue>;
  readonly version: bigint;
  /** The name in use, never empty. */
  readonly signatureName: string;
}

/**
 * Predict with the checks, their order and their texts as TensorFlow Serving has them (predict_util.cc).
 * Throws StatusError, or TensorFlowError for what the graph itself refuses.
 */
export async function predict(
  manager: ModelManager,
  request: PredictOptions & { readonly spec: ModelSpec },
): Promise<PredictResult> {
  const servable = acquire(manager, request.spec);
  try {
    return await predictOn(servable, request);
  } finally {
    servable.release();
  }
}

/** Predict on a version that the caller holds already (and releases). */
export async function predictOn(servable: Servable, request: PredictOptions): Promise<PredictResult> {
  const signatureName =
    request.signatureName === undefined || request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
  const signature = servable.signatures.get(signatureName);
  if (signature === undefined)
    throw new StatusError('FAILED_PRECONDITION', `Serving signature key "${signatureName}" not found.`);
  if (request.checkMethodName === true) checkPredictMethodName(signature);
  const feeds = feedsOf(signature, request.inputs, signatureDefaults(servable, signatureName));
  const aliases = outputAliases(signature, request.outputFilter ?? []);
  const fetches = aliases.map((alias) => signature.outputs.get(alias)?.tensorName ?? '');
  const tensors = await servable.run(feeds, fetches, { timeoutMs: request.timeoutMs, api: 'Predict' });
  const outputs = new Map<string, TensorValue>();
  aliases.forEach((alias, index) => {
    const tensor = tensors[index];
    if (tensor !== undefined) outputs.set(alias, tensor);
  });
  return { outputs, version: servable.version, signatureName };
}

function feedsOf(
  signature: Signature,
  inputs: PredictOptions['inputs'],
  defaults: ReadonlyMap<string, TensorValue | undefined>,
): Map<string, TensorValue> {
  if (inputs.size > signature.inputs.size || (inputs.size < signature.inputs.size && defaults.size === 0))
    throw wrongInputCount(signature, inputs);
  const feeds = new Map<string, TensorValue>();
  let used = 0;
  for (const [alias, { tensorName }] of signature.inputs) {
    const given = inputs.get(alias);
    if (given === undefined && !defaults.has(alias))
      throw invalidArgument(
        `Signature input alias: ${alias}(feed name: ${tensorName}) not found in request and no default value provided. ` +
          `Inputs expected to be in the request {${sortedList(inputs.keys())}}, or default input alias set: ${sortedList(defaults.keys())}`,
      );
    const value = given === undefined ? defaults.get(alias) : given();
    if (value === undefined) throw invalidArgument(`tensor parsing error: ${alias}`);
    if (given !== undefined) used += 1;
    feeds.set(tensorName, value);
  }
  if (used < inputs.size)
    throw invalidArgument(
      `Inputs contains invalid name. Used request inputs: ${sortedList([...signature.inputs.keys()].filter((alias) => inputs.has(alias)))}, ` +
        `request input: ${sortedList(inputs.keys())}`,
    );
  return feeds;
}

function wrongInputCount(signature: Signature, inputs: ReadonlyMap<string, unknown>): StatusError {
  const extra = [...inputs.keys()].filter((alias) => !signature.inputs.has(alias));
  const missing = [...signature.inputs.keys()].filter((alias) => !inputs.has(alias));
  return invalidArgument(
    `input size does not match signature: ${inputs.size}!=${signature.inputs.size} len({${sortedList(inputs.keys())}}) != ` +
      `len({${sortedList(signature.inputs.keys())}}). Sent extra: {${sortedList(extra)}}. Missing but required: {${sortedList(missing)}}.`,
  );
}

function outputAliases(signature: Signature, filter: readonly string[]): readonly string[] {
  if (filter.length === 0) return [...signature.outputs.keys()];
  const seen = new Set<string>();
  for (const alias of filter) {
    if (!signature.outputs.has(alias))
      throw invalidArgument(
        `output tensor alias not found in signature: ${alias} Outputs expected to be in the set {${sortedList(signature.outputs.keys())}}.`,
      );
    if (seen.has(alias)) throw invalidArgument(`duplicate output tensor alias: ${alias}`);
    seen.add(alias);
  }
  return filter;
}

function sortedList(aliases: Iterable<string>): string {
  return bytewiseSorted(aliases).join(',');
}

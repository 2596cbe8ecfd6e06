import type { ModelManager, ModelSpec, Servable } from '../core.js';
import { StatusError } from '../status-error.js';
import { acquire } from './acquire.js';
import { bytewiseSorted } from './bytewise-sorted.js';
import { classificationsOf, classificationTensors, fetchesOf, type Classifications } from './classify.js';
import { runExamples, type ExampleOptions } from './example-run.js';
import { invalidArgument } from './invalid-argument.js';
import { CLASSIFY_METHOD, REGRESS_METHOD } from './method-name.js';
import { DEFAULT_SIGNATURE } from './predict.js';
import { regressionsOf, regressionTensors } from './regress.js';

export interface InferenceTask {
  readonly spec: ModelSpec;
  /** '' means `serving_default`. */
  readonly signatureName: string;
  readonly methodName: string;
}

export type TaskResult =
  | { readonly kind: 'classification'; readonly signatureName: string; readonly classifications: Classifications }
  | { readonly kind: 'regression'; readonly signatureName: string; readonly values: readonly number[] };

export interface MultiInferenceResult {
  readonly modelName: string;
  readonly version: bigint;
  /** In the order of the tasks. */
  readonly results: readonly TaskResult[];
}

interface PreparedTask {
  readonly input: string;
  readonly fetches: readonly string[];
  result(outputs: Awaited<ReturnType<typeof runExamples>>): TaskResult;
}

/**
 * Several classifications and regressions of one model over the same examples, in one run (multi_inference.cc). Only the
 * first task's version counts, as in the real server.
 */
export async function multiInference(
  manager: ModelManager,
  request: Omit<ExampleOptions, 'signatureName'> & {
    readonly tasks: readonly InferenceTask[];
    /** Called with the model's name once the run has worked, whatever becomes of its outputs. */
    readonly onRun?: (modelName: string) => void;
  },
): Promise<MultiInferenceResult> {
  const { tasks, examples, timeoutMs } = request;
  const spec = tasks[0]?.spec ?? { name: '', choice: { kind: 'latest' } };
  const servable = acquire(manager, spec);
  try {
    const prepared = prepareTasks(servable, request);
    const fetches = bytewiseSorted(new Set(prepared.flatMap((task) => task.fetches)));
    const input = prepared[0]?.input ?? '';
    const outputs = await runExamples(servable, examples, input, fetches, { timeoutMs, api: 'MultiInference' });
    request.onRun?.(spec.name);
    return { modelName: spec.name, version: servable.version, results: prepared.map((task) => task.result(outputs)) };
  } finally {
    servable.release();
  }
}

function prepareTasks(servable: Servable, request: Parameters<typeof multiInference>[1]): PreparedTask[] {
  const seen = new Set<string>();
  const prepared: PreparedTask[] = [];
  for (const task of request.tasks) {
    if (task.spec.name === '') throw invalidArgument('Found ModelSpec with an empty model name.');
    if (task.spec.name !== servable.name)
      throw invalidArgument('All ModelSpecs in a MultiInferenceRequest must access the same model name.');
    const signatureName = task.signatureName === '' ? DEFAULT_SIGNATURE : task.signatureName;
    if (seen.has(signatureName)) throw invalidArgument(`Duplicate evaluation of signature: ${signatureName}`);
    seen.add(signatureName);
    const next = prepareTask(servable, signatureName, task.methodName, request);
    if (prepared[0] !== undefined && prepared[0].input !== next.input)
      throw invalidArgument('Input tensor must be the same for all Signatures.');
    prepared.push(next);
  }
  return prepared;
}

function prepareTask(
  servable: Servable,
  signatureName: string,
  methodName: string,
  { examples, checkMethodName = false }: Parameters<typeof multiInference>[1],
): PreparedTask {
  const signature = servable.signatures.get(signatureName);
  if (signature === undefined) throw invalidArgument(`Requested signature not found in model graph: ${signatureName}`);
  switch (methodName) {
    case CLASSIFY_METHOD: {
      const tensors = classificationTensors(signature, checkMethodName);
      const result = (outputs: Awaited<ReturnType<typeof runExamples>>): TaskResult => ({
        kind: 'classification',
        signatureName,
        classifications: classificationsOf(tensors, outputs, examples.length),
      });
      return { input: tensors.input, fetches: fetchesOf(tensors), result };
    }
    case REGRESS_METHOD: {
      const tensors = regressionTensors(signature, checkMethodName);
      const result = (outputs: Awaited<ReturnType<typeof runExamples>>): TaskResult => ({
        kind: 'regression',
        signatureName,
        values: regressionsOf(tensors, outputs, examples.length),
      });
      return { input: tensors.input, fetches: [tensors.output], result };
    }
    default:
      throw new StatusError('UNIMPLEMENTED', `Unsupported signature method_name: ${methodName}`);
  }
}

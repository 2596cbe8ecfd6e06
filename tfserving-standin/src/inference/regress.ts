import type { Signature, TensorValue } from '@serving-study/runtime';
import type { ModelManager, ModelSpec } from '../core.js';
import { acquire } from './acquire.js';
import { exampleSignature, floatsOf, runExamples, shapeText, type ExampleOptions } from './example-run.js';
import { invalidArgument } from './invalid-argument.js';
import { checkMethodName } from './method-name.js';
import { DEFAULT_SIGNATURE } from './predict.js';
import { signatureText } from './signature-text.js';

export interface RegressResult {
  /** One float for each example. */
  readonly values: readonly number[];
  readonly version: bigint;
  /** The name in use, never empty. */
  readonly signatureName: string;
}

/** The tensors of a regression signature. */
export interface RegressionTensors {
  readonly input: string;
  readonly output: string;
}

/** Regress with TensorFlow Serving's checks and texts (regressor.cc). Throws StatusError or TensorFlowError. */
export async function regress(
  manager: ModelManager,
  request: ExampleOptions & { readonly spec: ModelSpec },
): Promise<RegressResult> {
  const servable = acquire(manager, request.spec);
  try {
    const signatureName =
      request.signatureName === undefined || request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
    const tensors = regressionTensors(exampleSignature(servable, signatureName), request.checkMethodName === true);
    const outputs = await runExamples(servable, request.examples, tensors.input, [tensors.output], {
      timeoutMs: request.timeoutMs,
      api: 'Regress',
    });
    return {
      values: regressionsOf(tensors, outputs, request.examples.length),
      version: servable.version,
      signatureName,
    };
  } finally {
    servable.release();
  }
}

/** Checks the shape of a regression signature and names its tensors. */
export function regressionTensors(signature: Signature, checkName: boolean): RegressionTensors {
  if (checkName) checkMethodName('regression', signature);
  if (signature.inputs.size !== 1) throw invalidArgument('Expected one input Tensor.');
  if (signature.outputs.size !== 1) throw invalidArgument('Expected one output Tensor.');
  const input = signature.inputs.get('inputs');
  if (input === undefined)
    throw invalidArgument(`No regression inputs found in SignatureDef: ${signatureText(signature)}`);
  const output = signature.outputs.get('outputs');
  if (output === undefined)
    throw invalidArgument(`No regression outputs found in SignatureDef: ${signatureText(signature)}`);
  return { input: input.tensorName, output: output.tensorName };
}

/** Checks the tensor that came out against the number of examples. */
export function regressionsOf(
  names: RegressionTensors,
  outputs: ReadonlyMap<string, TensorValue>,
  exampleCount: number,
): readonly number[] {
  const tensor = outputs.get(names.output);
  const shape = tensor?.shape ?? [];
  if (tensor === undefined || !(shape.length === 1 || (shape.length === 2 && shape[1] === 1)))
    throw invalidArgument(
      `Expected output Tensor shape to be either [batch_size] or [batch_size, 1] but got ${shapeText(shape)}`,
    );
  if (shape[0] !== exampleCount)
    throw invalidArgument(`Input batch size did not match output batch size: ${exampleCount} vs. ${shape[0] ?? 0}`);
  if (tensor.dtype !== 'float')
    throw invalidArgument(`Expected output Tensor of DT_FLOAT.  Got: DT_${tensor.dtype.toUpperCase()}`);
  return floatsOf(tensor);
}

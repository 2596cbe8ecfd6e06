import type { Signature, TensorValue } from '@serving-study/runtime';
import type { ModelManager, ModelSpec } from '../core.js';
import { acquire } from './acquire.js';
import { exampleSignature, floatsOf, runExamples, shapeText, type ExampleOptions } from './example-run.js';
import { invalidArgument } from './invalid-argument.js';
import { checkMethodName } from './method-name.js';
import { DEFAULT_SIGNATURE } from './predict.js';
import { signatureText } from './signature-text.js';

export interface ClassScore {
  /** Bytes of the label; empty when the model has no `classes` output. */
  readonly label: Uint8Array;
  /** 0 when the model has no `scores` output. */
  readonly score: number;
}

/** For each example the classes in the model's order. */
export type Classifications = readonly (readonly ClassScore[])[];

export interface ClassifyResult {
  readonly classifications: Classifications;
  readonly version: bigint;
  /** The name in use, never empty. */
  readonly signatureName: string;
}

/** The tensors of a classification signature. */
export interface ClassificationTensors {
  readonly input: string;
  readonly classes: string | undefined;
  readonly scores: string | undefined;
}

/** Classify with TensorFlow Serving's checks and texts (classifier.cc). Throws StatusError or TensorFlowError. */
export async function classify(
  manager: ModelManager,
  request: ExampleOptions & { readonly spec: ModelSpec },
): Promise<ClassifyResult> {
  const servable = acquire(manager, request.spec);
  try {
    const signatureName =
      request.signatureName === undefined || request.signatureName === '' ? DEFAULT_SIGNATURE : request.signatureName;
    const signature = exampleSignature(servable, signatureName);
    const tensors = classificationTensors(signature, request.checkMethodName === true);
    const outputs = await runExamples(servable, request.examples, tensors.input, fetchesOf(tensors), {
      timeoutMs: request.timeoutMs,
      api: 'Classify',
    });
    return {
      classifications: classificationsOf(tensors, outputs, request.examples.length),
      version: servable.version,
      signatureName,
    };
  } finally {
    servable.release();
  }
}

/** Checks the shape of a classification signature and names its tensors. */
export function classificationTensors(signature: Signature, checkName: boolean): ClassificationTensors {
  if (checkName) checkMethodName('classification', signature);
  if (signature.inputs.size !== 1) throw invalidArgument('Expected one input Tensor.');
  const { size } = signature.outputs;
  if (size !== 1 && size !== 2) throw invalidArgument(`Expected one or two output Tensors, found ${size}`);
  const input = signature.inputs.get('inputs');
  if (input === undefined)
    throw invalidArgument(`No classification inputs found in SignatureDef: ${signatureText(signature)}`);
  const classes = signature.outputs.get('classes')?.tensorName;
  const scores = signature.outputs.get('scores')?.tensorName;
  if (classes === undefined && scores === undefined)
    throw invalidArgument(
      `Expected classification signature outputs to contain at least one of "classes" or "scores". Signature was: ${signatureText(signature)}`,
    );
  return { input: input.tensorName, classes, scores };
}

/** What a classification has to fetch. */
export function fetchesOf({ classes, scores }: ClassificationTensors): string[] {
  return [classes, scores].filter((name) => name !== undefined);
}

/** Checks the tensors that came out against the number of examples and puts classes and scores together. */
export function classificationsOf(
  names: ClassificationTensors,
  outputs: ReadonlyMap<string, TensorValue>,
  exampleCount: number,
): Classifications {
  const classes = checkedMatrix('classes', 'DT_STRING', outputs.get(names.classes ?? ''), exampleCount);
  const scores = checkedMatrix('scores', 'DT_FLOAT', outputs.get(names.scores ?? ''), exampleCount);
  const width = (tensor: TensorValue | undefined): number | undefined => tensor?.shape[1];
  const [classWidth, scoreWidth] = [width(classes), width(scores)];
  if (classWidth !== undefined && scoreWidth !== undefined && classWidth !== scoreWidth)
    throw invalidArgument(`Tensors class and score should match in dim_size(1). Got ${classWidth} vs. ${scoreWidth}`);
  const labels = classes?.dtype === 'string' ? classes.strings : undefined;
  const values = scores === undefined ? undefined : floatsOf(scores);
  const columns = classWidth ?? scoreWidth ?? 0;
  return Array.from({ length: exampleCount }, (_row, row) =>
    Array.from({ length: columns }, (_column, column) => ({
      label: labels?.[row * columns + column] ?? NO_LABEL,
      score: values?.[row * columns + column] ?? 0,
    })),
  );
}

const NO_LABEL = new Uint8Array(0);

function checkedMatrix(
  name: 'classes' | 'scores',
  dtype: 'DT_STRING' | 'DT_FLOAT',
  tensor: TensorValue | undefined,
  rows: number,
): TensorValue | undefined {
  if (tensor === undefined) return undefined;
  const { shape } = tensor;
  if (shape.length !== 2)
    throw invalidArgument(`Expected Tensor shape: [batch_size num_classes] but got ${shapeText(shape)}`);
  const got = `DT_${tensor.dtype.toUpperCase()}`;
  if (got !== dtype) throw invalidArgument(`Expected ${name} Tensor of ${dtype}. Got: ${got}`);
  if (shape[0] !== rows) throw invalidArgument(`Expected ${name} output batch size of ${rows}. Got: ${shape[0] ?? 0}`);
  return tensor;
}

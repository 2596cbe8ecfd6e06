import { JsonRequestError, parsePredictRequest } from '@serving-study/tfserving-json';
import type { Tensors } from '../requests/index.js';
import type { ModelSignature, TensorInfo } from './read-model.js';
import type { RecordedRequest } from './read-requests.js';

/** A request as it goes to the servers. */
export interface OwnRequest {
  /** For messages. */
  readonly where: string;
  readonly inputs: Tensors;
  /** The bytes of a recorded one. */
  readonly body?: Buffer;
  readonly format?: 'row' | 'columnar';
}

/**
 * Reads recorded bodies as TensorFlow Serving would. @throws Error that names the line for what does not fit the signature: the
 * first that does not.
 */
export function fitRequests(
  recorded: readonly RecordedRequest[],
  signatureName: string,
  signature: ModelSignature,
): OwnRequest[] {
  const types = new Map(signature.inputs.map(({ alias, dtype }) => [alias, { dtype }]));
  return recorded.map(({ where, body }) => {
    const refuse = (why: string): never => {
      throw new Error(`${where} does not fit the signature ${signatureName}: ${why}`);
    };
    try {
      const parsed = parsePredictRequest(body);
      const named = parsed.signatureName;
      if (named !== '' && named !== signatureName)
        refuse(`it asks for the signature ${named}; give --signature ${named}, or leave such requests out`);
      const { format, tensors } = parsed.tensorsFor(types);
      const inputs = new Map(
        signature.inputs.map((info) => {
          const tensor = tensors.get(info.alias) ?? refuse(`input ${info.alias} is missing`);
          const why = shapeTrouble(info, tensor.shape);
          if (why !== undefined) refuse(why);
          return [info.alias, tensor];
        }),
      );
      return { where, inputs, format, body: named === signatureName ? body : withSignature(body, signatureName) };
    } catch (error) {
      if (error instanceof JsonRequestError) return refuse(shortened(error.message));
      throw error;
    }
  });
}

const DEFAULT_SIGNATURE = 'serving_default';

/** A body that names no signature, with the name of one that is not the default. */
function withSignature(body: Buffer, signature: string): Buffer {
  if (signature === DEFAULT_SIGNATURE) return body;
  const text = body.toString('utf8').trimStart();
  return Buffer.from(`{"signature_name":${JSON.stringify(signature)},${text.slice(1)}`);
}

function shapeTrouble({ alias, shape: wanted }: TensorInfo, shape: readonly number[]): string | undefined {
  if (wanted === null) return undefined;
  const fits = wanted.length === shape.length && wanted.every((size, at) => size === -1 || size === shape[at]);
  return fits ? undefined : `input ${alias} has the shape ${shapeText(shape)}, the model wants ${shapeText(wanted)}`;
}

/** `[?, 28, 28]` */
export function shapeText(shape: readonly number[] | null): string {
  return shape === null ? 'of any rank' : `[${shape.map((size) => (size === -1 ? '?' : size)).join(', ')}]`;
}

/** On one line: TensorFlow Serving repeats the whole body in some of its texts. */
function shortened(message: string): string {
  const text = message.replaceAll(/\s+/g, ' ');
  return text.length <= 300 ? text : `${text.slice(0, 120)} … ${text.slice(-160)}`;
}

import type { JsonRequestError } from '../json-request-error.js';
import type { InputTypes, RequestFormat } from '../tensor.js';
import type { PackedStrings } from './packed-strings.js';
import type { PackedTensor } from './packed-tensor.js';

/** What the thread is asked for; `tensors` belongs to the `request` before it. */
export type JsonWork =
  | { readonly kind: 'request' | 'examples'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'tensors'; readonly inputs: InputTypes }
  | {
      readonly kind: 'response';
      readonly format: RequestFormat;
      readonly outputs: ReadonlyMap<string, PackedTensor>;
    };

/** What it answers each kind of work with. */
export interface JsonResults {
  /** The signature's name. */
  readonly request: string;
  readonly tensors: { readonly format: RequestFormat; readonly tensors: Map<string, PackedTensor | undefined> };
  readonly examples: {
    readonly signatureName: string;
    readonly examples: PackedStrings;
    readonly context: Uint8Array | undefined;
  };
  readonly response: Uint8Array<ArrayBuffer>;
}

export type JsonRefusal = Pick<JsonRequestError, 'code' | 'statusBytes'>;

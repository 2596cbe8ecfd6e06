import type { InputTypes, RequestFormat } from '@serving-study/tfserving-json';
import type { PackedStrings } from './packed-strings.js';
import type { PackedTensor } from './packed-tensor.js';

/** What the thread is asked for; `tensors` belongs to the `request` before it. */
export type Work =
  | { readonly kind: 'request' | 'examples'; readonly body: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'tensors'; readonly inputs: InputTypes }
  | {
      readonly kind: 'response';
      readonly format: RequestFormat;
      readonly outputs: ReadonlyMap<string, PackedTensor>;
    };

/** What it answers each kind of work with. */
export interface Results {
  /** The signature's name. */
  readonly request: string;
  readonly tensors: { readonly format: RequestFormat; readonly tensors: Map<string, PackedTensor | undefined> };
  readonly examples: {
    readonly signatureName: string;
    readonly examples: PackedStrings;
    readonly context: Uint8Array | undefined;
  };
  /** The first `length` bytes. */
  readonly response: { readonly buffer: ArrayBuffer; readonly length: number };
}

export type Reply =
  | { readonly result: Results[keyof Results] }
  /** A JsonRequestError; `statusBytes` as there. */
  | { readonly refusal: { readonly code: 'INVALID_ARGUMENT' | 'UNIMPLEMENTED'; readonly statusBytes: string } }
  | { readonly fault: string };

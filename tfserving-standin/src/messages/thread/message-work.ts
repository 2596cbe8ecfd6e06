import type { ErrorCode } from '@serving-study/runtime';
import type { PackedStrings, PackedTensor } from '@serving-study/tfserving-json';
import type { InferenceTask } from '../../inference/index.js';
import type { RequestedModel } from '../model-spec.js';
import type { PredictResponseMessage } from '../predict-messages.js';

/** What the thread is asked for; `tensors` belongs to the `predict` before it. */
export type MessageWork =
  | { readonly kind: 'predict' | 'examples' | 'multi inference'; readonly bytes: Uint8Array<ArrayBuffer> }
  | { readonly kind: 'tensors'; readonly aliases: readonly string[] }
  | {
      readonly kind: 'response';
      readonly response: Omit<PredictResponseMessage, 'outputs'>;
      readonly outputs: ReadonlyMap<string, PackedTensor>;
      readonly asContent: boolean;
    };

/** What it answers each kind of work with. */
export interface MessageResults {
  readonly predict: {
    readonly model: RequestedModel | undefined;
    readonly aliases: readonly string[];
    readonly outputFilter: readonly string[];
  };
  readonly tensors: Map<string, PackedTensor | undefined>;
  readonly examples: { readonly model: RequestedModel | undefined; readonly examples: PackedStrings };
  readonly 'multi inference': { readonly tasks: readonly InferenceTask[]; readonly examples: PackedStrings };
  readonly response: Uint8Array<ArrayBuffer>;
}

/** Without a code: the bytes are no message. */
export interface MessageRefusal {
  readonly code: ErrorCode | undefined;
  readonly text: string;
}

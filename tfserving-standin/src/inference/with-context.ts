import { StatusError } from '../status-error.js';

/** Each takes about a hundred bytes beside its own. */
const MOST_EXAMPLES = 2 ** 18;
/** A context is copied for every example. */
const MOST_MERGED_BYTES = 100 * 2 ** 20;

/** Throws RESOURCE_EXHAUSTED for too many tf.Examples in one request. */
export function checkExampleCount(count: number): void {
  if (count > MOST_EXAMPLES)
    throw new StatusError('RESOURCE_EXHAUSTED', `a request of more than ${MOST_EXAMPLES} examples`);
}

/**
 * Serialized tf.Examples with what they have in common in front of each: messages merge when their bytes are joined, and
 * an example's own features win. Throws RESOURCE_EXHAUSTED when that is too much.
 */
export function withContext(examples: readonly Uint8Array[], context: Uint8Array): readonly Uint8Array[] {
  checkExampleCount(examples.length);
  if (context.length === 0) return examples;
  const bytes = examples.reduce((sum, { length }) => sum + context.length + length, 0);
  if (bytes > MOST_MERGED_BYTES)
    throw new StatusError('RESOURCE_EXHAUSTED', `examples of ${bytes} bytes together with their context`);
  return examples.map((example) => Buffer.concat([context, example]));
}

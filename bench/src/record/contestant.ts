import { z } from 'zod';
import type { Condition } from './condition.js';

/** A server under test in one configuration. */
export const contestantSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  /** subject: one of the two ways compared; control: keeps the comparison honest; direct: without the proxy; engine: no server. */
  role: z.enum(['subject', 'control', 'direct', 'variant', 'engine']),
  family: z.enum(['flask-style', 'tensorflow-serving', 'engine']),
  protocol: z.enum(['rest', 'grpc', 'in-process']),
  /** Whose numbers these are: a stand-in's never decide a claim about TensorFlow Serving (method rule 20). */
  backend: z.enum(['in-process', 'tensorflow-serving', 'stand-in']),
  command: z.string(),
});
export type Contestant = z.infer<typeof contestantSchema>;

/** How requests carry their numbers where nothing varies it. */
export function usualPayload(protocol: Contestant['protocol']): Condition['payload'] {
  return protocol === 'rest' ? 'json' : 'tensor-content';
}

/** Which TensorFlow Serving was found, and how; `stand-in` when none was. */
export const servingSourceSchema = z.strictObject({
  kind: z.enum(['url', 'binary', 'container', 'stand-in']),
  version: z.string(),
  detail: z.string(),
});
export type ServingSource = z.infer<typeof servingSourceSchema>;

/** The version of a server that nobody vouches for: it counts as a stand-in. */
export const UNKNOWN_VERSION = 'unknown';

/** What the figures are of where they are not TensorFlow Serving's. */
export function inItsPlace({ version }: ServingSource): string {
  return version === UNKNOWN_VERSION
    ? 'what answered is not known, and counts as a stand-in'
    : 'a stand-in took its place';
}

import { deserialize, serialize } from 'node:v8';
import type { Floor } from '../../record/index.js';
import type { FloorKind } from '../generator.js';
import type { FromGenerator, ToGenerator } from '../generator-messages.js';
import type { Frames } from './frames.js';

/** The largest message between the two: the bodies of all requests of a cell. */
export const MESSAGE_LIMIT_BYTES = 2 ** 30;

/** What the bench says to a generator on another machine. */
export type ToRemote = ToGenerator | { readonly kind: 'measure-floors'; readonly kinds: readonly FloorKind[] };

/** What the generator says to the bench. */
export type FromRemote =
  | FromGenerator
  /** A part of the samples file; all of it comes before `done`. */
  | { readonly kind: 'samples'; readonly bytes: Uint8Array }
  | { readonly kind: 'floors'; readonly floors: readonly Floor[] };

/** Sends a message; those who have shown that they know the secret exchange them in V8's own form, with their typed arrays. */
export function sayTo(frames: Frames, message: ToRemote | FromRemote): Promise<void> {
  return frames.send(serialize(message));
}

/** The next message of the other side. Rejects as `next` does. */
export async function hearFrom(frames: Frames, limitMs?: number): Promise<unknown> {
  return deserialize(await frames.next(limitMs));
}

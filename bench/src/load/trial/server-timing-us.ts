import { parseServerTiming } from '@serving-study/serving-kit/contract';
import type { Sample } from '../../record/index.js';

const UNTOLD: Sample['serverTimingUs'] = [Number.NaN, Number.NaN, Number.NaN, Number.NaN, Number.NaN];

/** A Server-Timing header (milliseconds) as a sample's parts in microseconds (method rule 17). */
export function serverTimingUs(header: string | undefined): Sample['serverTimingUs'] {
  if (header === undefined) return UNTOLD;
  const timing = parseServerTiming(header);
  const us = (durationMs: number | undefined): number => (durationMs === undefined ? Number.NaN : durationMs * 1e3);
  return [us(timing.parse), us(timing.queue), us(timing.inference), us(timing.serialise), us(timing.upstream)];
}

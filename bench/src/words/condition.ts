import type { Condition, Loop, Network } from '../record/index.js';
import { counted, formatCount, formatMs, formatNumber, formatRate } from './number.js';

/** The kind of loop is part of every figure (method rule 1): `closed, 8 clients`, `open, Poisson, 200/s`. */
export function formatLoop(loop: Loop): string {
  if (loop.kind === 'closed') return `closed, ${counted(loop.concurrency, 'client')}`;
  return `open, ${ARRIVALS[loop.arrivals]}, ${formatRate(loop.ratePerS)}`;
}

/** The load, and a network in between, as the beginning of a sentence. */
export function formatLoadInWords({ loop, network }: Pick<Condition, 'loop' | 'network'>): string {
  const across = network === undefined ? '' : `, across ${networkParts(network).join(' ')}`;
  if (loop.kind === 'open') return `With ${formatNumber(loop.ratePerS)} requests arriving per second${across}`;
  return loop.concurrency === 1
    ? `With one request at a time${across}`
    : `With ${formatCount(loop.concurrency)} clients asking without pause${across}`;
}

/** What is held fixed besides the load: model, batch, network, factors. The payload follows the contestant's protocol. */
export function formatSetting(condition: Omit<Condition, 'loop' | 'payload'>): string {
  return settingParts(condition).join(', ');
}

/** The load and the setting, part by part. */
export function conditionParts(condition: Omit<Condition, 'payload'>): string[] {
  return [formatLoop(condition.loop), ...settingParts(condition)];
}

function settingParts({ model, modelVersion, batch, network, factors }: Omit<Condition, 'loop' | 'payload'>): string[] {
  return [
    `${model} v${modelVersion}`,
    counted(batch, 'instance'),
    ...(network === undefined ? [] : networkParts(network)),
    ...Object.entries(factors ?? {}).map(([name, value]) => `${name} ${value}`),
  ];
}

/** What holds for both sides of a comparison. */
export function sharedCondition(own: Condition, other: Condition): string {
  const theirs = conditionParts(other);
  return conditionParts(own)
    .filter((part) => theirs.includes(part))
    .join(', ');
}

/** Everything that is held fixed in a cell. */
export function formatCondition(condition: Condition): string {
  return `${formatLoop(condition.loop)}; ${formatSetting(condition)}; ${condition.payload}`;
}

const ARRIVALS = { poisson: 'Poisson', constant: 'constant' } as const;

function networkParts({ rttMs, jitterMs, bandwidthMbitS, connectionLossPerS }: Network): string[] {
  return [
    `RTT ${formatMs(rttMs)}`,
    ...(jitterMs === undefined ? [] : [`jitter ${formatMs(jitterMs)}`]),
    ...(bandwidthMbitS === undefined ? [] : [`${formatNumber(bandwidthMbitS)} Mbit/s`]),
    ...(connectionLossPerS === undefined ? [] : [`connections lost at ${formatNumber(connectionLossPerS)}/s each`]),
  ];
}

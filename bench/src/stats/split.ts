import type { CellResult } from '../record/index.js';
import { OK } from '../samples/index.js';
import type { TrialStatistics } from './trial-statistics.js';

const PARTS = ['parse', 'queue', 'inference', 'serialise', 'upstream'] as const;

/**
 * Mean milliseconds of each part of a request (method rule 17): the server's own Server-Timing, with TensorFlow Serving's
 * histogram means inside `upstream` or, asked directly, instead of it. `unaccounted` is what is left of the mean service time.
 */
export function splitOfTime(trials: readonly TrialStatistics[]): CellResult['split'] {
  const total = meanOf(trials.map(({ meanServiceMs }) => meanServiceMs));
  const told = PARTS.map((part, index) => ({ part, ms: meanPart(trials, index) })).filter(({ ms }) => ms !== undefined) as { part: string; ms: number }[];
  const [server, inference, queue] = (['server', 'inference', 'queue'] as const).map((name) => meanOfServer(trials, name));
  if (server !== undefined && inference !== undefined) {
    // Inside the model server: what it spends besides running the graph is reading, writing and routing.
    const inside = [
      ...(queue === undefined ? [] : [{ part: 'model server: queue', ms: queue }]),
      { part: 'model server: inference', ms: inference - (queue ?? 0) },
      { part: 'model server: (de)serialise', ms: server - inference },
    ];
    const upstream = told.find(({ part }) => part === 'upstream');
    const around = upstream === undefined ? [] : [{ part: 'hop to the model server', ms: upstream.ms - server }];
    return withRemainder([...told.filter(({ part }) => part !== 'upstream'), ...around, ...inside], total);
  }
  return withRemainder(told, total);
}

function withRemainder(parts: { part: string; ms: number }[], total: number): CellResult['split'] {
  if (parts.length === 0) return [];
  return [...parts, { part: 'unaccounted (network, HTTP)', ms: total - parts.reduce((sum, { ms }) => sum + ms, 0) }];
}

function meanPart(trials: readonly TrialStatistics[], part: number): number | undefined {
  let [sum, count] = [0, 0];
  for (const { samples } of trials) {
    const column = samples.serverTimingUs[part as 0];
    for (let row = 0; row < samples.length; row += 1) {
      const value = column[row]!;
      if (samples.outcome[row] !== OK || Number.isNaN(value)) continue;
      sum += value;
      count += 1;
    }
  }
  return count === 0 ? undefined : sum / count / 1000;
}

function meanOfServer(trials: readonly TrialStatistics[], name: string): number | undefined {
  const values = trials.flatMap(({ record }) => record.serverMeansUs?.[name] ?? []);
  return values.length === 0 ? undefined : meanOf(values) / 1000;
}

function meanOf(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** What our services time, in the order it happens. `upstream` is the proxy's: from the call sent to the answer received. */
export const PHASES = ['parse', 'queue', 'inference', 'upstream', 'serialise'] as const;

export type Phase = (typeof PHASES)[number];

/** Durations in milliseconds; a phase that a service does not have is absent. */
export type ServerTiming = Readonly<Partial<Record<Phase, number>>>;

/** `{ parse: 0.1, inference: 2 }` -> `parse;dur=0.100, inference;dur=2.000` (W3C Server Timing, 3.1). */
export function formatServerTiming(timing: ServerTiming): string {
  let header = '';
  for (const phase of PHASES) {
    const durationMs = timing[phase];
    if (durationMs === undefined) continue;
    if (header !== '') header += ', ';
    header += `${phase};dur=${durationMs.toFixed(3)}`;
  }
  return header;
}

/** Reads our phases out of any Server-Timing header; metrics of other names and metrics without a duration are left out. */
export function parseServerTiming(header: string): ServerTiming {
  const timing: Partial<Record<Phase, number>> = {};
  for (const metric of header.split(',')) {
    const [name, ...parameters] = metric.split(';').map((part) => part.trim());
    const phase = PHASES.find((candidate) => candidate === name);
    const duration = parameters.find((parameter) => /^dur\s*=/i.test(parameter));
    const durationMs = Number(duration?.slice(duration.indexOf('=') + 1).replaceAll('"', ''));
    if (phase !== undefined && Number.isFinite(durationMs)) timing[phase] = durationMs;
  }
  return timing;
}

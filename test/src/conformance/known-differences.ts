import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Recordings } from './recordings.js';
import type { Outcome } from './replay-vectors.js';

const list = z.array(
  z.strictObject({
    /** What the entry is about; every field given must fit. */
    group: z.string().optional(),
    id: z.string().optional(),
    /** Id of the server's configuration. */
    server: z.string().optional(),
    /** A regular expression for the recorded response, as one line of JSON: recordings with other ids fit too. */
    recorded: z.string().optional(),
    /** The same for the recorded request. */
    request: z.string().optional(),
    reason: z.string(),
  }),
);

/** Says why an outcome may differ, or undefined when it may not. */
export type KnownDifferences = (outcome: Outcome) => string | undefined;

/** Reads a list of intended differences and lays it over the recordings. Throws when the list is not well formed. */
export async function readKnownDifferences(file: string, recordings: Recordings): Promise<KnownDifferences> {
  const entries = list.parse(JSON.parse(await readFile(file, 'utf8')));
  const recorded = new Map<string, string>([
    ...recordings.vectors.map(({ id, response }): [string, string] => [id, JSON.stringify(response)]),
    ...recordings.startups.map(({ id, result }): [string, string] => [id, JSON.stringify(result)]),
    ...recordings.timelines.map(({ id, events }): [string, string] => [id, JSON.stringify(events)]),
  ]);
  const requests = new Map(recordings.vectors.map(({ id, request }) => [id, JSON.stringify(request)]));
  const servers = new Map(
    [...recordings.vectors, ...recordings.startups, ...recordings.timelines].map(({ id, server }) => [id, server.id]),
  );
  return (outcome) =>
    entries.find(
      (entry) =>
        (entry.group === undefined || entry.group === outcome.group) &&
        (entry.id === undefined || entry.id === outcome.id) &&
        (entry.server === undefined || entry.server === servers.get(outcome.id)) &&
        (entry.request === undefined || new RegExp(entry.request).test(requests.get(outcome.id) ?? '')) &&
        (entry.recorded === undefined || new RegExp(entry.recorded).test(recorded.get(outcome.id) ?? '')),
    )?.reason;
}

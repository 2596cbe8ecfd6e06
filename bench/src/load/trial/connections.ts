import type { Driver, DriverEvents } from '../drivers/driver.js';
import { createGrpcDriver } from '../drivers/grpc-driver.js';
import { createRestDriver } from '../drivers/rest-driver.js';
import { openNetwork, resolveEndpoint, type Network } from '../net/index.js';
import type { TrialSpec } from '../trial-spec.js';

const DEFAULT_OPEN_CONNECTIONS = 256;
/** A turn of the network tells what has come, the next one what failed in it. */
const TURNS_TO_SETTLE = 3;
const NOBODY: DriverEvents = { onEnd: () => undefined, onTrouble: () => undefined };

/** The connections to one server, on a network of their own: what happens on them while others are measured waits there. */
export interface Connections {
  readonly network: Network;
  readonly driver: Driver;
  /** The requests, by input. */
  readonly bodies: readonly Buffer[];
  /** Who hears of the requests under way. */
  listener: DriverEvents;
}

/** Connections that outlive their trial (method rule 8): of one cell each, so that they have carried the same requests only. */
export class KeptConnections {
  readonly #kept = new Map<string, Connections>();

  /** Those of an earlier trial of the cell against the same server, else new ones, which its first requests open. */
  async take(spec: TrialSpec): Promise<Connections> {
    const key = keyOf(spec);
    const kept = this.#kept.get(key);
    this.#kept.delete(key);
    if (kept === undefined) return await openConnections(spec);
    // What the server has closed meanwhile is not to be found out by a request.
    for (let turn = 0; turn < TURNS_TO_SETTLE; turn += 1) kept.network.wait(0, 0);
    return kept;
  }

  keep(spec: TrialSpec, connections: Connections): void {
    this.#kept.set(keyOf(spec), connections);
  }

  close(): void {
    for (const { network } of this.#kept.values()) network.close();
    this.#kept.clear();
  }
}

function keyOf({ cell, target }: TrialSpec): string {
  return JSON.stringify([cell, target]);
}

async function openConnections(spec: TrialSpec): Promise<Connections> {
  const { target, load } = spec;
  const endpoint = await resolveEndpoint(target.address);
  const bodies = spec.requests.map(({ body }) => Buffer.from(body.buffer, body.byteOffset, body.byteLength));
  const network = await openNetwork();
  const most = spec.connections ?? (load.kind === 'closed' ? load.concurrency : DEFAULT_OPEN_CONNECTIONS);
  const connections = { network, bodies, listener: NOBODY };
  const events: DriverEvents = {
    onEnd: (exchange, ending) => {
      connections.listener.onEnd(exchange, ending);
    },
    onTrouble: (reason) => {
      connections.listener.onTrouble(reason);
    },
  };
  try {
    const driver =
      target.kind === 'rest'
        ? createRestDriver(target, endpoint, bodies, most, network, events)
        : createGrpcDriver(target, endpoint, bodies, network, events);
    return Object.assign(connections, { driver });
  } catch (error) {
    network.close();
    throw error;
  }
}

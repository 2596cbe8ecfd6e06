import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { ServiceError, upstreamUnreachable } from '@serving-study/serving-kit';
import { CancelSignal } from '../cancel-signal.js';

/** How often replicas are looked at. Time is counted in ticks: while this process is held up, the replicas are not silent. */
const TICK_MS = 250;
/** A replica that has requests and answers none for so long is asked for a sign of life. */
const ASKED_AFTER_TICKS = 2;
/** One that gives none for so long counts as gone. */
const GONE_AFTER_TICKS = 9;
/** How often one that is gone is asked whether it is back, and how often names are looked up. */
const AGAIN_AFTER_TICKS = 4;

/** Where one replica listens. */
export interface ReplicaAddress {
  readonly ip: string;
  readonly port: number;
  /** Both; `[ip]:port` for IPv6. */
  readonly address: string;
  /** Host and port as configured: what the replica is called in requests. */
  readonly authority: string;
}

/** One connection to a replica, or a pool of them. They open when they are needed, and again after a loss. */
export interface ReplicaConnection {
  /** Resolves once the server has answered something that costs it next to nothing. Rejects as requests do. */
  ping(signal: CancelSignal): Promise<void>;
  /** Ends its connections at once. */
  close(): void | Promise<void>;
}

/** A replica gave no answer, and another one may. To the client: the model server cannot be reached, and why. */
export class Unanswered extends ServiceError {
  /** Whether the replica may have got the request. */
  readonly wasSent: boolean;

  constructor(reason: string, wasSent: boolean, cause?: unknown) {
    const { httpStatus, message } = upstreamUnreachable(reason);
    super(httpStatus, message, cause);
    this.wasSent = wasSent;
  }
}

export const LOST = 'the connection to it was lost';
export const REFUSES = 'it refuses connections';
export const NOT_FOUND = 'it is not to be found';

/** One attempt at a request. Its signal is aborted also when the replica gives no sign of life. */
type Request<C, T> = (connection: C, attemptSignal: CancelSignal) => Promise<T>;

/** The replicas of the model server. Requests go to them in turn, leaving out those that are not reached or do not answer. */
export class Replicas<C extends ReplicaConnection> {
  readonly #hosts: readonly { readonly url: URL; readonly name: string; ips: readonly string[] }[];
  readonly #open: (address: ReplicaAddress) => C;
  readonly #resolve: (name: string) => Promise<readonly string[]>;
  readonly #known = new Map<string, Replica<C>>();
  #turn = 0;
  #ticks = 0;
  #ticking: NodeJS.Timeout | undefined;
  #lookingUp: Promise<void> | undefined;
  #lookUpError: unknown;

  /**
   * Does nothing before the first request. `origins`: `http://host:port` each, where a name stands for all its addresses.
   * `resolve` tells them; default: the system's resolver.
   */
  constructor(origins: readonly string[], open: (address: ReplicaAddress) => C, resolve = addressesOf) {
    this.#hosts = origins.map((origin) => {
      const url = new URL(origin);
      return { url, name: url.hostname.replace(/^\[|\]$/g, ''), ips: [] };
    });
    this.#open = open;
    this.#resolve = resolve;
  }

  /**
   * Sends a request to the replica whose turn it is, and to the next as long as none was reached. One that was sent and lost
   * is sent once more. Throws Unanswered, the reason of the signal, or what `request` throws.
   */
  async send<T>(request: Request<C, T>, signal: CancelSignal): Promise<T> {
    await this.#start(signal);
    const failed: Replica<C>[] = [];
    let lostBy: Replica<C> | undefined;
    let failure: Unanswered | undefined;
    for (;;) {
      signal.throwIfAborted();
      const replica = this.#next(failed, lostBy);
      if (replica === undefined) throw failure ?? this.#unknownHost();
      try {
        return await replica.send(request, signal);
      } catch (error) {
        if (!(error instanceof Unanswered) || (error.wasSent && lostBy !== undefined)) throw error;
        if (error.wasSent) lostBy = replica;
        failed.push(replica);
        failure = error;
      }
    }
  }

  /** Resolves once one of them has answered. Throws as `send` does. */
  async ping(signal: CancelSignal): Promise<void> {
    await this.#start(signal);
    await Promise.any(this.#usable().map((replica) => replica.send(ping, signal))).catch((error: unknown) => {
      signal.throwIfAborted();
      throw error instanceof AggregateError ? (error.errors[0] ?? this.#unknownHost()) : error;
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#ticking);
    await Promise.all([...this.#known.values()].map(async ({ connection }) => connection.close()));
  }

  /** One that answers; else the one that lost the request, if it lost a connection only; else one that may be back. */
  #next(failed: readonly Replica<C>[], lostBy: Replica<C> | undefined): Replica<C> | undefined {
    const left = this.#usable().filter((each) => !failed.includes(each));
    const ready = left.filter(({ isUp }) => isUp);
    if (ready.length === 0 && lostBy?.isUp === true) return lostBy;
    const inTurn = ready.length > 0 ? ready : left;
    this.#turn += 1;
    return inTurn[this.#turn % inTurn.length];
  }

  /** Those that the names stand for. A name server may forget one for seconds: it goes on until one of the others answers. */
  #usable(): readonly Replica<C>[] {
    const known = [...this.#known.values()];
    const named = known.filter(({ isNamed }) => isNamed);
    return named.some(({ isUp }) => isUp) ? named : known;
  }

  async #start(signal: CancelSignal): Promise<void> {
    if (this.#known.size > 0) return;
    this.#ticking ??= setInterval(() => {
      this.#tick();
    }, TICK_MS).unref();
    await signal.until(this.#lookUp());
  }

  #tick(): void {
    this.#ticks += 1;
    const isTime = this.#ticks % AGAIN_AFTER_TICKS === 0;
    if (isTime && this.#hosts.some(({ name }) => isIP(name) === 0)) void this.#lookUp();
    const usable = this.#usable();
    for (const [address, replica] of this.#known) {
      replica.tick(isTime);
      if (replica.isNamed || !replica.isIdle || (replica.isUp && usable.includes(replica))) continue;
      this.#known.delete(address);
      void replica.connection.close();
    }
  }

  #lookUp(): Promise<void> {
    this.#lookingUp ??= this.#lookUpHosts().finally(() => {
      this.#lookingUp = undefined;
    });
    return this.#lookingUp;
  }

  /** Replicas that stay keep their connections; one that leaves ends what it has begun; one that joins has to answer first. */
  async #lookUpHosts(): Promise<void> {
    const isFirst = this.#known.size === 0;
    const named = new Set<string>();
    for (const host of this.#hosts) {
      host.ips = await this.#resolve(host.name).catch((error: unknown) => {
        this.#lookUpError = error;
        return host.ips; // a name server that is gone does not take the replicas with it
      });
      for (const ip of host.ips) {
        const port = Number(host.url.port || '80');
        const address = `${isIP(ip) === 6 ? `[${ip}]` : ip}:${port}`;
        named.add(address);
        if (this.#known.has(address)) continue;
        const replica = new Replica(this.#open({ ip, port, address, authority: host.url.host }), isFirst);
        this.#known.set(address, replica);
        if (!isFirst) replica.ask();
      }
    }
    for (const [address, replica] of this.#known) replica.isNamed = named.has(address);
  }

  #unknownHost(): Unanswered {
    return new Unanswered('its host name is not known', false, this.#lookUpError);
  }
}

/** What is known of one replica: whether it answers. */
class Replica<C extends ReplicaConnection> {
  readonly connection: C;
  isUp: boolean;
  /** Whether it is among the configured ones still. */
  isNamed = true;
  readonly #underWay = new Set<CancelSignal>();
  #quietTicks = 0;
  #isAsked = false;

  constructor(connection: C, isUp: boolean) {
    this.connection = connection;
    this.isUp = isUp;
  }

  get isIdle(): boolean {
    return this.#underWay.size === 0;
  }

  async send<T>(request: Request<C, T>, signal: CancelSignal): Promise<T> {
    const attemptSignal = new CancelSignal(signal.deadlineAtMs);
    const abort = (reason: Error): void => {
      attemptSignal.abort(reason);
    };
    signal.onAbort(abort);
    this.#underWay.add(attemptSignal);
    try {
      const answer = await request(this.connection, attemptSignal);
      this.#answered();
      return answer;
    } catch (error) {
      if (!(error instanceof Unanswered)) {
        if (!attemptSignal.aborted) this.#answered(); // it refused
      } else if (!error.wasSent) this.isUp = false;
      throw error;
    } finally {
      this.#underWay.delete(attemptSignal);
      signal.offAbort(abort);
    }
  }

  /** Asks for a sign of life. */
  ask(): void {
    if (this.#isAsked) return;
    this.#isAsked = true;
    void this.send(ping, new CancelSignal())
      .catch(() => undefined) // not up, then
      .finally(() => {
        this.#isAsked = false;
      });
  }

  tick(isTimeToAsk: boolean): void {
    this.#quietTicks = this.isIdle ? 0 : this.#quietTicks + 1;
    if (this.#quietTicks >= GONE_AFTER_TICKS) this.#isGone();
    else if (this.isUp ? this.#quietTicks >= ASKED_AFTER_TICKS : isTimeToAsk) this.ask();
  }

  #answered(): void {
    this.isUp = true;
    this.#quietTicks = 0;
  }

  #isGone(): void {
    this.isUp = false;
    this.#quietTicks = 0;
    const reason = new Unanswered('it does not answer', true);
    for (const signal of this.#underWay) signal.abort(reason);
  }
}

function ping(connection: ReplicaConnection, signal: CancelSignal): Promise<void> {
  return connection.ping(signal);
}

async function addressesOf(name: string): Promise<readonly string[]> {
  return (await lookup(name, { all: true })).map(({ address }) => address);
}

import { isFinite, type ChannelArguments } from './channel-arguments.js';
import { CODE } from '@serving-study/http2';
import type { Http2Connection } from './http2/index.js';

/** Pings on a connection without calls count as too early before this (gRPC's ping policy). */
const IDLE_PING_INTERVAL_MS = 7_200_000;
/** How much the age of a connection varies, so that not all clients reconnect at once. */
const AGE_JITTER = 0.1;

/** How long a client may take to learn that its connection ends, as in gRPC: its request may be long on the way. */
const NOTICE_MS = 20_000;

/** What gRPC asks of a connection: pings are not too frequent, old and idle connections end, dead ones are noticed. */
export function applyConnectionRules(connection: Http2Connection, rules: ChannelArguments): void {
  const timers: NodeJS.Timeout[] = [];
  connection.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  watchPings(connection, rules);
  endOldConnection(connection, rules, timers);
  noticeDeadConnection(connection, rules, timers);
  endIdleConnection(connection, rules, timers);
}

function watchPings(connection: Http2Connection, rules: ChannelArguments): void {
  const state = { lastAt: -Infinity, strikes: 0 };
  const maxStrikes = rules['grpc.http2.max_ping_strikes'];
  connection.on('ping', (wasBusy) => {
    // Whatever the server sends makes pings welcome again: clients measure with them how fast data come.
    if (wasBusy) {
      state.lastAt = -Infinity;
      state.strikes = 0;
    }
    const isIdle = connection.openStreams === 0 && rules['grpc.keepalive_permit_without_calls'] === 0;
    const intervalMs = isIdle ? IDLE_PING_INTERVAL_MS : rules['grpc.http2.min_recv_ping_interval_without_data_ms'];
    const now = performance.now();
    if (now - state.lastAt < intervalMs) state.strikes += 1;
    state.lastAt = now;
    if (maxStrikes > 0 && state.strikes > maxStrikes) connection.abort(CODE.enhanceYourCalm, 'too_many_pings');
  });
}

function endOldConnection(connection: Http2Connection, rules: ChannelArguments, timers: NodeJS.Timeout[]): void {
  const ageMs = rules['grpc.max_connection_age_ms'];
  if (!isFinite(ageMs)) return;
  const end = (): void => {
    void connection.close(NOTICE_MS);
    const graceMs = rules['grpc.max_connection_age_grace_ms'];
    if (isFinite(graceMs))
      timers.push(
        setTimeout(() => {
          connection.destroy();
        }, graceMs),
      );
  };
  timers.push(setTimeout(end, ageMs * (1 + AGE_JITTER * (2 * Math.random() - 1))));
}

function noticeDeadConnection(connection: Http2Connection, rules: ChannelArguments, timers: NodeJS.Timeout[]): void {
  const everyMs = rules['grpc.keepalive_time_ms'];
  if (!isFinite(everyMs)) return;
  const ping = (): void => {
    const limit = setTimeout(() => {
      connection.destroy();
    }, rules['grpc.keepalive_timeout_ms']);
    timers.push(limit);
    connection.ping(() => {
      clearTimeout(limit);
      timers.splice(timers.indexOf(limit), 1);
    });
  };
  timers.push(setInterval(ping, everyMs).unref());
}

function endIdleConnection(connection: Http2Connection, rules: ChannelArguments, timers: NodeJS.Timeout[]): void {
  const idleMs = rules['grpc.max_connection_idle_ms'];
  if (!isFinite(idleMs)) return;
  const idle = setTimeout(() => {
    if (connection.openStreams === 0) void connection.close(NOTICE_MS);
  }, idleMs);
  timers.push(idle);
  connection.on('stream', (stream) => {
    stream.whenClosed(() => {
      if (connection.openStreams === 0) idle.refresh();
    });
  });
}

import { constants, type ServerHttp2Session } from 'node:http2';
import { isFinite, type ChannelArguments } from './channel-arguments.js';

/** Pings on a connection without calls count as too early before this (gRPC's ping policy). */
const IDLE_PING_INTERVAL_MS = 7_200_000;
/** How much the age of a connection varies, so that not all clients reconnect at once. */
const AGE_JITTER = 0.1;

/** Room for uploads: how many bytes a client may send ahead on one connection. */
const CONNECTION_WINDOW_BYTES = 16 * 2 ** 20;

/** What gRPC asks of a connection: pings are not too frequent, old and idle connections end, dead ones are noticed. */
export function applyConnectionRules(session: ServerHttp2Session, rules: ChannelArguments): void {
  session.setLocalWindowSize(CONNECTION_WINDOW_BYTES);
  const timers: NodeJS.Timeout[] = [];
  session.once('close', () => {
    for (const timer of timers) clearTimeout(timer);
  });
  const pings = watchPings(session, rules);
  endOldConnection(session, rules, timers);
  noticeDeadConnection(session, rules, timers);
  countCalls(session, rules, timers, pings);
}

interface PingState {
  lastAt: number;
  strikes: number;
  calls: number;
}

function watchPings(session: ServerHttp2Session, rules: ChannelArguments): PingState {
  const state: PingState = { lastAt: -Infinity, strikes: 0, calls: 0 };
  const maxStrikes = rules['grpc.http2.max_ping_strikes'];
  session.on('ping', () => {
    const isIdle = state.calls === 0 && rules['grpc.keepalive_permit_without_calls'] === 0;
    const intervalMs = isIdle ? IDLE_PING_INTERVAL_MS : rules['grpc.http2.min_recv_ping_interval_without_data_ms'];
    const now = performance.now();
    if (now - state.lastAt < intervalMs) state.strikes += 1;
    state.lastAt = now;
    if (maxStrikes > 0 && state.strikes > maxStrikes) {
      session.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM, undefined, Buffer.from('too_many_pings'));
      setImmediate(() => {
        session.destroy();
      });
    }
  });
  return state;
}

function endOldConnection(session: ServerHttp2Session, rules: ChannelArguments, timers: NodeJS.Timeout[]): void {
  const ageMs = rules['grpc.max_connection_age_ms'];
  if (!isFinite(ageMs)) return;
  const end = (): void => {
    session.close();
    const graceMs = rules['grpc.max_connection_age_grace_ms'];
    if (isFinite(graceMs))
      timers.push(
        setTimeout(() => {
          session.destroy();
        }, graceMs),
      );
  };
  timers.push(setTimeout(end, ageMs * (1 + AGE_JITTER * (2 * Math.random() - 1))));
}

function noticeDeadConnection(session: ServerHttp2Session, rules: ChannelArguments, timers: NodeJS.Timeout[]): void {
  const everyMs = rules['grpc.keepalive_time_ms'];
  if (!isFinite(everyMs)) return;
  const ping = (): void => {
    const limit = setTimeout(() => {
      session.destroy();
    }, rules['grpc.keepalive_timeout_ms']);
    timers.push(limit);
    if (session.destroyed) return;
    session.ping((error) => {
      clearTimeout(limit);
      timers.splice(timers.indexOf(limit), 1);
      if (error !== null) session.destroy();
    });
  };
  timers.push(setInterval(ping, everyMs).unref());
}

function countCalls(
  session: ServerHttp2Session,
  rules: ChannelArguments,
  timers: NodeJS.Timeout[],
  pings: PingState,
): void {
  const idleMs = rules['grpc.max_connection_idle_ms'];
  const endIfIdle = (): void => {
    if (pings.calls === 0) session.close();
  };
  const idle = isFinite(idleMs) ? setTimeout(endIfIdle, idleMs) : undefined;
  if (idle !== undefined) timers.push(idle);
  session.on('stream', (stream) => {
    pings.calls += 1;
    stream.once('close', () => {
      pings.calls -= 1;
      // Whatever the server sends makes pings welcome again.
      pings.lastAt = -Infinity;
      pings.strikes = 0;
      if (pings.calls === 0) idle?.refresh();
    });
  });
}

import type { Network } from '../record/index.js';
import { LEAST, MOST } from './where.js';
import { counted } from '../words/number.js';
import { asFast, faster } from './claim.js';
import { lines, question, type Question } from './define.js';
import { whyNotSent } from './own-questions.js';
import type { Subject } from './subject.js';

const CONTESTANTS = ['flask-style', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
/** What a poor line does hits all alike: the two subjects show it. */
const ON_POOR = ['flask-style', 'proxy-grpc'];
const UNEVEN: Network = { rttMs: 20, jitterMs: 20 };
const NARROW: Network = { rttMs: 0, bandwidthMbitS: 10 };
const LOSING: Network = { ...UNEVEN, connectionLossPerS: 0.5 };

/** Instances of a request on a narrow line. */
const SEVERAL = 8;
/** Lines on which nothing but the round trip counts. */
const EVEN = { bandwidthMbitS: [null], jitterMs: [null] };
const CURVE_MS = { standard: 650, thorough: 1000 };

const away = (...rttsMs: number[]): Network[] => rttsMs.map((rttMs) => ({ rttMs }));
const narrow = (...mbitS: number[]): Network[] => mbitS.map((bandwidthMbitS) => ({ rttMs: 0, bandwidthMbitS }));

export function network({ own }: Subject): Question {
  // Several instances make the payload large enough for a narrow line to show, where a request can hold them.
  const request = { batch: SEVERAL, payload: own?.payloads[0] ?? 'json', network: NARROW };
  const batch = own === undefined || whyNotSent(own, request) === undefined ? SEVERAL : 1;
  return question({
    id: 'network',
    title: 'The network in between',
    asks: 'How far away must the client be, and how narrow the line, until the choice of server stops mattering?',
    expects:
      'Every contestant pays the round trip once; a gRPC message is smaller than JSON, which shows on a narrow line only.',
    done: 'A proxy between generator and server added round trips (measured: see the trials) and, with larger payloads, limited the bandwidth. One more line was long, uneven and lost connections. One client, closed loop.',
    means:
      'If your clients are an ocean away, choose the server for its operation, not for its milliseconds. If they are in the same rack, the server is most of what they wait for.',
    cells: [
      {
        contestants: CONTESTANTS,
        networks: { quick: away(0), standard: away(0, 10), thorough: away(0, 1, 2, 5, 10, 20, 50) },
        curveMs: CURVE_MS,
      },
      // A window holds enough round trips for a certified median (method rule 9).
      {
        contestants: CONTESTANTS,
        networks: { quick: away(20), standard: away(100), thorough: away(100) },
        curveMs: { standard: 1500, thorough: 2400 },
        sliceMs: { quick: 500, standard: 1500, thorough: 2400 },
        blocks: { quick: 20, standard: 8, thorough: 20 },
        // Opening a connection takes two round trips, in the first slice of a visit.
        warmupMs: 300,
      },
      {
        contestants: CONTESTANTS,
        networks: { standard: [NARROW], thorough: [NARROW, ...narrow(100, 1000)] },
        batches: [batch],
        curveMs: CURVE_MS,
        sliceMs: { standard: 400, thorough: 1000 },
      },
      {
        contestants: ON_POOR,
        networks: { quick: [], standard: [LOSING], thorough: [UNEVEN, LOSING] },
        curveMs: CURVE_MS,
        errorLimit: 1,
      },
    ],
    claims: [
      asFast(
        'distance-hides-server',
        'Far from the server the network is what users wait for: TensorFlow Serving and the Flask style are within 5% of each other.',
        { contestant: 'proxy-grpc', bandwidthMbitS: null, rttMs: MOST },
        { contestant: 'flask-style' },
      ),
      faster(
        'grpc-wins-narrow-lines',
        'On a narrow line gRPC answers faster than REST, because JSON takes more bytes for the same numbers.',
        { contestant: 'direct-grpc', bandwidthMbitS: LEAST },
        { contestant: 'direct-rest' },
      ),
    ],
    charts: [
      lines('Median latency by round-trip time', 'rtt', 'p50', {
        caption: 'The lines run together where the network dominates.',
        shows: EVEN,
      }),
      lines(`Median latency by bandwidth, ${counted(batch, 'instance')} per request`, 'bandwidth', 'p50', {
        caption: 'JSON needs more bytes than gRPC for the same numbers.',
        shows: { rttMs: [0], batch: [batch] },
      }),
    ],
    tables: [
      {
        title: 'Network conditions',
        columns: ['contestant', 'rtt', 'jitter', 'bandwidth', 'connection loss', 'bytes out', 'p50', 'p95', 'failed'],
      },
    ],
    answer: [{ together: 'p50', by: 'rtt', within: 10, shows: EVEN }],
  });
}

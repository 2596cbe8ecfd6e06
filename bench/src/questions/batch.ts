import { answersMore, type CellClaim } from './claim.js';
import { lines, question, type CellTable, type Question } from './define.js';
import { busyClients, rateFor, type Subject } from './subject.js';

/** Flask takes too long for the largest batch: a short trial has too few answers. */
const WITHOUT_FLASK = ['flask-style', 'proxy-grpc', 'direct-rest', 'direct-grpc'];
const CONTESTANTS = [...WITHOUT_FLASK, 'flask-control'];
/** Whoever can join requests on the server: TensorFlow Serving by its parameters, the Flask style by work. */
const JOINING = ['direct-rest', 'direct-grpc', 'flask-micro-batching'];
const NOT_JOINING = ['direct-rest', 'direct-grpc', 'flask-style', 'flask-session'];
/** Clients that keep every contestant busy: what joining gains in throughput shows only at saturation. */
const BUSY_CLIENTS = 32;
const ON = [{ batching: true }];

function severalTogether(id: string, where: string, contestant: string): CellClaim {
  const sentence = `Several instances in one request bring more predictions per second than one by one, ${where}.`;
  const of = { contestant, clients: 1, batch: 16 };
  return { id, sentence, says: 'more', metric: 'instances per second', of, over: { batch: 1 } };
}

export function batch(subject: Subject): Question {
  const clients = busyClients(subject, BUSY_CLIENTS);
  const bearable = (...rates: number[]): number[] => rates.map((rate) => rateFor(subject, rate));
  const open = {
    ratesPerS: { standard: bearable(400), thorough: bearable(200, 400, 800, 1500, 3000) },
    together: { factor: 'batching' },
    curveMs: { standard: 900, thorough: 1500 },
    errorLimit: 1,
  } satisfies CellTable;
  const busy = { clients: [clients], together: { factor: 'batching' } } satisfies CellTable;
  return question({
    id: 'batch',
    title: 'Batches',
    asks: 'What is gained when a client sends several instances at once, and when the server joins requests of several clients?',
    expects:
      'A larger client batch costs less per instance until the arithmetic dominates. Server-side batching helps under load and costs waiting when there is none; on few cores and a small model there is little to gain.',
    done: `One client sent batches of instances; and single instances came at random and from ${clients} busy clients while the server joined them or did not.`,
    means:
      'If your clients can collect instances, let them: it is the cheapest batching there is. Turn server-side batching on when many clients send single instances and a few milliseconds of waiting do not hurt.',
    cells: [
      { contestants: CONTESTANTS, batches: [1, 16], together: 'batch' },
      {
        contestants: { quick: [], standard: WITHOUT_FLASK, thorough: CONTESTANTS },
        batches: { quick: [], standard: [256], thorough: [2, 4, 8, 32, 64, 128, 256] },
        together: 'batch',
        curveMs: 1500,
      },
      { ...open, contestants: { standard: ['direct-rest', 'flask-session'], thorough: NOT_JOINING } },
      { ...open, contestants: { standard: ['direct-rest', 'flask-micro-batching'], thorough: JOINING }, factors: ON },
      { ...busy, contestants: NOT_JOINING },
      { ...busy, contestants: JOINING, factors: ON },
    ],
    claims: [
      severalTogether('client-batches-help-serving', 'on TensorFlow Serving', 'direct-rest'),
      severalTogether('client-batches-help-flask-style', 'in the Flask style', 'flask-style'),
      // Both run on an asynchronous session.
      answersMore(
        'micro-batching-by-hand-helps',
        'Micro-batching written by hand raises the throughput of the Flask style under load.',
        { contestant: 'flask-micro-batching', clients, batching: true },
        { contestant: 'flask-session', batching: null },
      ),
      answersMore(
        'server-batching-helps',
        'Server-side batching raises the throughput of TensorFlow Serving under load.',
        { contestant: 'direct-rest', clients, batching: true },
        { batching: null },
      ),
    ],
    charts: [
      lines('Time per instance by client batch', 'instances', 'p50 per instance', {
        caption: 'Median service time divided by the instances in the request.',
        shows: { clients: [1] },
      }),
      lines('Time per request by client batch', 'instances', 'p50', { shows: { clients: [1] } }),
      lines('Waiting under open load, with and without server-side batching', 'rate', 'response p50', {
        caption: 'Response time, from the intended instant.',
        shows: { clients: [null] },
      }),
    ],
    tables: [
      {
        title: 'Client batches, one client',
        shows: { clients: [1] },
        columns: ['contestant', 'instances', 'p50', 'p50 per instance', 'instances per second'],
      },
      {
        title: 'Server-side batching',
        shows: { clients: [clients, null] },
        columns: ['contestant', 'variant', 'load', 'throughput', 'response p50', 'response p99', 'CPU per request'],
        note: 'TensorFlow Serving batches with max_batch_size 32, batch_timeout_micros 1000, num_batch_threads 2.',
      },
    ],
    answer: [
      {
        gains: 'instances per second',
        against: { batch: 1 },
        shows: { clients: [1], batch: [16] },
        says: 'With 16 instances in a request, instances per second against one by one',
      },
      {
        gains: 'throughput',
        against: { batching: null },
        shows: { clients: [clients], batching: [true] },
        says: `With ${clients} busy clients, throughput when the server joins requests against when it does not`,
      },
    ],
  });
}

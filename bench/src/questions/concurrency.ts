import { answersMore, type CellClaim } from './claim.js';
import { ALL_PROFILES, lines, question, type CellTable, type ChartSpec, type Question } from './define.js';
import { rateFor, type Subject } from './subject.js';

/**
 * Who waits how long at the same rate is decided where a request takes long enough for the generator's own lag not to matter
 * (method rule 5: 5% of the median): sixteen images for the deepest of the committed models, at a rate that leaves every server
 * idle half of the time.
 */
const WAITING = { model: 'cnn-d16', batch: 16, ratePerS: 25 } as const;
/** Low enough for every contestant on two cores, so that the open loop compares waiting, not overload. */
const COMMON_RATE_PER_S = 200;
/** In the standard profile overload is shown for the two subjects and the server behind one of them. */
const OVERLOADED = ['flask-style', 'proxy-grpc', 'direct-rest'];
const ALL = ['flask-style', 'proxy-grpc', 'proxy-rest', 'flask-control', 'direct-rest', 'direct-grpc'];
/** One client is in the headline experiment. */
const CLOSED_LOOPS = { with: 'headline', shows: { ratePerS: [null] } };

function moreThan(id: string, sentence: string, contestant: string, other: string): CellClaim {
  return answersMore(id, sentence, { contestant, clients: 8 }, { contestant: other });
}

const WAITING_CELLS: CellTable = {
  contestants: ['flask-style', 'direct-rest'],
  models: [WAITING.model],
  batches: [WAITING.batch],
  ratesPerS: [WAITING.ratePerS],
  // The 64 requests that certify p90 in each trial (method rule 9), and some more since arrivals are random.
  sliceMs: 3100,
  blocks: { quick: 5, standard: 6, thorough: 20 },
  warmupMs: 150,
};
const TAIL_CLAIM: CellClaim = {
  id: 'tail-at-the-same-rate',
  sentence:
    'At the same rate of requests, users of TensorFlow Serving wait less in the tail than those of the Flask style.',
  says: 'less',
  metric: 'p90 response time',
  of: { contestant: 'direct-rest', ...WAITING },
  over: { contestant: 'flask-style' },
};
const WAITING_CHART: ChartSpec = {
  kind: 'spectrum',
  title: `What users wait at ${WAITING.ratePerS} requests per second of ${WAITING.batch} images, ${WAITING.model}`,
  caption: 'Poisson arrivals; response time counts from the intended instant.',
  shows: { ratePerS: [WAITING.ratePerS] },
};

export const concurrency = (subject: Subject): Question =>
  question({
    id: 'concurrency',
    title: 'Many clients at once',
    profiles: ALL_PROFILES,
    asks: 'What happens to throughput and latency as clients are added, and as requests come at a steady rate?',
    expects:
      'A server that blocks its one thread during inference stops gaining after one client; a model server goes on until the cores are busy.',
    done: 'Closed loops of more and more clients (the first level is the headline experiment), and Poisson arrivals.',
    means:
      'Read the closed loop as "how much can N busy clients get", the open loop as "what does a user wait when requests come whether or not the server is ready".',
    cells: [
      { clients: { quick: [2, 4, 8, 16, 32], standard: [8, 32], thorough: [2, 4, 8, 16, 32, 64, 128] } },
      // At a low rate it takes longer until the tail is certified (method rule 9).
      {
        ratesPerS: [rateFor(subject, COMMON_RATE_PER_S)],
        curveMs: { quick: 1400, standard: 900, thorough: 4000 },
      },
      {
        contestants: { quick: [], standard: OVERLOADED, thorough: ALL },
        ratesPerS: {
          quick: [],
          standard: [rateFor(subject, 1500)],
          thorough: [500, 1000, 1500, 2000, 3000, 4000].map((rate) => rateFor(subject, rate)),
        },
        errorLimit: 1,
      },
      ...(subject.own === undefined ? [WAITING_CELLS] : []),
    ],
    claims: [
      moreThan(
        'throughput-proxy-grpc',
        'Behind a proxy by gRPC, TensorFlow Serving answers more requests per second than a Flask-style server when many clients ask at once.',
        'proxy-grpc',
        'flask-style',
      ),
      moreThan(
        'throughput-direct-rest',
        'Asked directly, TensorFlow Serving answers more requests per second than a Flask-style server when many clients ask at once.',
        'direct-rest',
        'flask-style',
      ),
      moreThan(
        'proxy-costs-throughput',
        'Putting an Express proxy in front of TensorFlow Serving costs throughput.',
        'direct-rest',
        'proxy-rest',
      ),
      moreThan(
        'flask-style-throughput',
        'A Flask-style Express server answers more requests per second than Flask with one worker.',
        'flask-style',
        'flask-control',
      ),
      ...(subject.own === undefined ? [TAIL_CLAIM] : []),
    ],
    charts: [
      lines('Throughput by number of clients', 'clients', 'throughput', CLOSED_LOOPS),
      lines('Median latency by number of clients', 'clients', 'p50', CLOSED_LOOPS),
      {
        kind: 'spectrum',
        title: `What users wait at ${rateFor(subject, COMMON_RATE_PER_S)} requests per second`,
        caption: 'Poisson arrivals; response time counts from the intended instant.',
        shows: { ratePerS: [rateFor(subject, COMMON_RATE_PER_S)] },
      },
      ...(subject.own === undefined ? [WAITING_CHART] : []),
    ],
    tables: [
      {
        title: 'Open loop',
        shows: { clients: [null] },
        columns: [
          'contestant',
          'model',
          'instances',
          'rate',
          'throughput',
          'goodput',
          'p50',
          'response p50',
          'p99',
          'response p99',
          'failed',
        ],
        note: 'An empty percentile means that too few samples certify it (method rule 9). Goodput is the mean over the trials; answers that came just after the end of a trial count in it and not in the throughput.',
      },
    ],
    answer: [{ rank: 'throughput', best: 'highest', shows: { clients: [8] } }],
  });

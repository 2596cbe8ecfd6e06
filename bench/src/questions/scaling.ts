import { answersMore } from './claim.js';
import { lines, question } from './define.js';

/**
 * The naive server, what work makes of it, and the same of the proxy, with TensorFlow Serving as the measure (method rule 15);
 * FastAPI in Flask's place, nginx in the proxy's.
 */
const FEW = [
  'flask-style',
  'flask-processes',
  'flask-threads',
  'flask-session',
  'flask-micro-batching',
  'flask-control',
  'flask-control-2-workers',
  'fastapi',
  'direct-rest',
  'proxy-grpc',
  'proxy-rest',
  'nginx-rest',
  'proxy-grpc-tuned',
  'proxy-rest-tuned',
];
const CONTESTANTS = [...FEW, 'flask-control-4-threads', 'nginx-grpc'];

export const scaling = question({
  id: 'scaling',
  title: 'Scaling the Flask style by work',
  asks: 'How much throughput do processes, worker threads, an asynchronous session and micro-batching buy, and for how many lines of code? Is Flask slow, or Python? What does an Express proxy cost beside what any proxy must?',
  expects:
    'More processes use more cores; an asynchronous session does the same in one process; with few cores the gain ends soon.',
  done: 'The naive server, each scaled variant, real Flask with more workers or threads, FastAPI, TensorFlow Serving, the proxy plain and tuned, and nginx, in closed loops.',
  means:
    'Before you change servers for speed, look at the cheapest row that gives enough: one more process is a line of configuration.',
  cells: [
    {
      contestants: { standard: FEW, thorough: CONTESTANTS },
      clients: { standard: [8], thorough: [1, 4, 8, 16, 32, 64] },
      curveMs: { standard: 650, thorough: 800 },
    },
  ],
  claims: [
    answersMore(
      'processes-scale-flask-style',
      'Two processes make the Flask style answer more requests per second than one.',
      { contestant: 'flask-processes', clients: 8 },
      { contestant: 'flask-style' },
    ),
    {
      id: 'scaled-flask-style-keeps-up',
      sentence:
        'Even scaled by work (an asynchronous session), the Flask style answers fewer requests per second than TensorFlow Serving.',
      says: 'less',
      metric: 'throughput',
      of: { contestant: 'flask-session', clients: 8 },
      over: { contestant: 'direct-rest' },
    },
    answersMore(
      'fastapi-throughput',
      'FastAPI answers more requests per second than Flask with one worker.',
      { contestant: 'fastapi', clients: 8 },
      { contestant: 'flask-control' },
    ),
    {
      id: 'proxy-costs-no-more-than-nginx',
      sentence: 'An Express proxy costs no more throughput than nginx.',
      says: 'not less',
      metric: 'throughput',
      of: { contestant: 'proxy-rest', clients: 8 },
      over: { contestant: 'nginx-rest' },
    },
  ],
  charts: [lines('Throughput of each variant', 'clients', 'throughput')],
  tables: [
    {
      title: 'Gain against lines of code, 8 clients',
      shows: { clients: [8] },
      columns: ['contestant', 'lines', 'throughput', 'gain', 'p50', 'p99', 'CPU per request', 'memory'],
    },
  ],
  against: { contestant: 'flask-style' },
  answer: [
    {
      gains: 'throughput',
      against: { contestant: 'flask-style' },
      shows: { clients: [8] },
      says: 'With 8 clients, throughput against the naive server',
    },
  ],
});

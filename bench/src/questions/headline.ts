import { asFast, faster } from './claim.js';
import { ALL_PROFILES, bars, question, type Question } from './define.js';
import type { Subject } from './subject.js';

/** The one number of the text this study started from: one sample with no model, machine or load named (method rule 21). */
const ANECDOTE_MS = 62.4;

/** What the sentence "X ms against Y ms" speaks of: the round trip of one POST with one instance on an idle server. */
export const headline = ({ own }: Subject): Question =>
  question({
    id: 'headline',
    title: 'One request on an idle server',
    profiles: ALL_PROFILES,
    asks: 'How long does one prediction take, from the first byte sent to the last byte received, when nothing else happens?',
    expects:
      'Where the model is small, what surrounds it decides: the in-process server saves a hop, TensorFlow Serving saves the JavaScript.',
    done: 'One client sent one request after another, each with one instance.',
    why: 'What is left after the bare engine is serving itself: HTTP or gRPC, reading and writing numbers, and the hop to another process where there is one.',
    means:
      'Behind a model that takes tens of milliseconds these differences vanish; with a small one, the way numbers travel matters more than the server.',
    cells: [{ everyBlock: true }],
    claims: [
      faster(
        'single-request-proxy-grpc',
        'An Express service that asks TensorFlow Serving by gRPC answers a single request faster than one that runs the model in its own process.',
        { contestant: 'proxy-grpc' },
        { contestant: 'flask-style' },
      ),
      faster(
        'single-request-direct-rest',
        'TensorFlow Serving, asked directly over REST, answers a single request faster than a Flask-style server.',
        { contestant: 'direct-rest' },
        { contestant: 'flask-style' },
      ),
      asFast(
        'express-stands-for-flask',
        'A minimal Express server with the model in process is a fair stand-in for Flask: their times for one request are within 25% of each other.',
        { contestant: 'flask-style' },
        { contestant: 'flask-control' },
        0.25,
      ),
      faster(
        'grpc-sooner-than-rest',
        'gRPC answers faster than REST on the same TensorFlow Serving.',
        { contestant: 'direct-grpc' },
        { contestant: 'direct-rest' },
      ),
    ],
    charts: [
      bars('Median round trip of one request, with the 95th percentile', 'contestant', ['p50', 'p95'], {
        caption: `Service time, one client.${own === undefined ? ` The reference line is the ${ANECDOTE_MS} ms of the text this study started from: one sample, no model or machine named.` : ''}`,
        // It says nothing of a user's own model.
        ...(own === undefined ? { reference: { y: ANECDOTE_MS, label: `${ANECDOTE_MS} ms (anecdote)` } } : {}),
      }),
    ],
    tables: [
      {
        title: 'Service time of one request',
        columns: ['contestant', 'n', 'p50', 'p90', 'p95', 'p99', 'over the engine', 'bytes out', 'bytes in'],
      },
    ],
    answer: [{ rank: 'p50', best: 'lowest' }],
  });

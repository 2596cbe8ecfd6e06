import { batch } from './batch.js';
import { capacity } from './capacity.js';
import { complexity } from './complexity.js';
import { concurrency } from './concurrency.js';
import { defaultConcurrency } from './default-concurrency.js';
import type { Claim } from './claim.js';
import type { Question } from './define.js';
import { gpu } from './gpu.js';
import { headline } from './headline.js';
import { hotUpdate } from './hot-update.js';
import { network } from './network.js';
import { optimised } from './optimised.js';
import { ofStyle } from './own-questions.js';
import { protocol } from './protocol.js';
import { resources } from './resources.js';
import { scaleOut } from './scale-out.js';
import { scaling } from './scaling.js';
import { ZOO, type Subject } from './subject.js';
import { workByHand } from './work-by-hand.js';

/** The questions about a subject, in the order of the report. */
export function questionsFor(subject: Subject): readonly Question[] {
  return [
    headline(subject),
    complexity,
    network(subject),
    batch(subject),
    optimised,
    concurrency(subject),
    resources,
    gpu(subject),
    workByHand,
    hotUpdate,
    defaultConcurrency,
    scaling,
    capacity,
    protocol(subject),
    scaleOut,
  ].map((question) => ofStyle(question, subject.own));
}

/** Every question about the models of this project. */
export const QUESTIONS: readonly Question[] = questionsFor(ZOO);

/** Every claim, in the order of its questions. Ids are unique; those about a user's own model are among them. */
export const CLAIMS: readonly Claim[] = QUESTIONS.flatMap(({ claims }) => claims);

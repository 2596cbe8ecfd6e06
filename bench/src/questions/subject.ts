import type { OwnModel } from '../record/index.js';

/** The model that cells use where their question does not vary it: small enough that a server's own cost shows. */
export const DEFAULT_MODEL = 'fashion-cnn';

/** What a study is about: the models of this project, or the user's own. */
export interface Subject {
  /** The model of every cell whose question does not vary it. */
  readonly model: string;
  readonly own?: OwnModel;
}

export const ZOO: Subject = { model: DEFAULT_MODEL };

export function subjectOf(own: OwnModel | undefined): Subject {
  return own === undefined ? ZOO : { model: own.name, own };
}

/** Contestants that run the model in TensorFlow's binding for Node. */
const ON_BINDING: readonly string[] = ['flask-style', 'flask-processes', 'flask-threads', 'flask-reload'];
/** Those that read requests with JavaScript's JSON. */
const READ_JSON: readonly string[] = [...ON_BINDING, 'flask-session', 'flask-micro-batching', 'proxy-grpc'];
/** Who is the Flask style, or stands for it where the one before cannot be fed. */
const STYLES = ['flask-style', 'flask-session', 'flask-control'] as const;

interface AboutOwn {
  readonly own?: OwnModel | undefined;
}

/** Why a contestant cannot be fed with the requests of the user's own model, where that is known without asking it. */
export function whyNotFed({ own }: AboutOwn, contestant: string): string | undefined {
  return (
    (ON_BINDING.includes(contestant) ? own?.bindingCannot : undefined) ??
    (READ_JSON.includes(contestant) ? own?.digitsLost : undefined)
  );
}

/** The server that stands for the Flask style. */
export function inProcess(about: AboutOwn): string {
  return STYLES.find((id) => whyNotFed(about, id) === undefined) ?? 'flask-control';
}

/** Rates of the questions are for a model of a millisecond or two: at 200 a second every server is idle most of the time. */
const COMMON_PER_S = 200;
/** Share of its time that a server with one thread may be busy at the common rate. */
const BUSY = 0.4;

/** A rate of arrivals as this model bears it. */
export function rateFor({ own }: Subject, ratePerS: number): number {
  const bearable = own === undefined ? Infinity : (1000 * BUSY) / own.predictionMs.one;
  if (bearable >= COMMON_PER_S) return ratePerS;
  return Number(((ratePerS * bearable) / COMMON_PER_S).toPrecision(2));
}

/** No level of a closed loop makes the last client wait longer, but for the level at which claims are decided. */
const LONGEST_TURN_MS = 6000;
const DECIDING_CLIENTS = 8;

/** Whether this model bears a closed loop of so many clients. */
export function bearsClients({ own }: Subject, clients: number): boolean {
  return clients === DECIDING_CLIENTS || clients * (own?.predictionMs.one ?? 0) <= LONGEST_TURN_MS;
}

/** Clients that keep every server busy: so many, or as many as this model bears. */
export function busyClients(subject: Subject, clients: number): number {
  return clients > DECIDING_CLIENTS && !bearsClients(subject, clients) ? busyClients(subject, clients / 2) : clients;
}

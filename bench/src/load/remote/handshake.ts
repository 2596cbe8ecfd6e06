import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Frames } from './frames.js';

/** Before the other side has shown that it knows the secret it may say this much, and take this long for it. */
export const STRANGER_LIMIT_BYTES = 4096;
const STRANGER_LIMIT_MS = 5000;
const SECRET = 'STUDY_GENERATOR_SECRET';

/** What both sides have to have alike. */
export interface Credentials {
  readonly version: string;
  /** Empty: none. It never goes over the connection. */
  readonly secret: string;
}

const challengeSchema = z.object({ version: z.string(), challenge: z.string().min(32) });
const answerSchema = challengeSchema.extend({ proof: z.string() });
const verdictSchema = z.union([z.object({ proof: z.string() }), z.object({ refused: z.string() })]);
type Challenge = z.infer<typeof challengeSchema>;

/**
 * The generator's side. Resolves when the bench has proved that it knows the secret. Throws Error with what the bench was told,
 * or why it told nothing. `refusal` says why no bench is taken now.
 */
export async function admitBench(frames: Frames, own: Credentials, refusal: () => string | undefined): Promise<void> {
  const challenge = newChallenge(own);
  say(frames, challenge);
  const answer = await hear(frames, answerSchema);
  const refused =
    versionsDiffer('this generator', own.version, 'the bench', answer.version) ??
    (isEqual(answer.proof, proofOf('bench', own, challenge, answer))
      ? refusal()
      : `the secret is not the generator's: set ${SECRET} to the same text on both sides`);
  if (refused !== undefined) {
    await frames.send(Buffer.from(JSON.stringify({ refused })));
    throw new Error(refused);
  }
  say(frames, { proof: proofOf('generator', own, challenge, answer) });
}

/** The bench's side. Throws Error with the generator's refusal, or with what is wrong with the generator. */
export async function meetGenerator(frames: Frames, own: Credentials): Promise<void> {
  const challenge = await hear(frames, challengeSchema);
  const wrong = versionsDiffer('the generator', challenge.version, 'this bench', own.version);
  if (wrong !== undefined) throw new Error(wrong);
  const answer = newChallenge(own);
  say(frames, { ...answer, proof: proofOf('bench', own, challenge, answer) });
  const verdict = await hear(frames, verdictSchema);
  if ('refused' in verdict) throw new Error(verdict.refused);
  if (!isEqual(verdict.proof, proofOf('generator', own, challenge, answer)))
    throw new Error(`it does not know the secret: set ${SECRET} to the same text on both sides`);
}

function newChallenge({ version }: Credentials): Challenge {
  return { version, challenge: randomBytes(32).toString('hex') };
}

/** Of both challenges and the role, so that no proof can be used a second time, or by the other side. */
function proofOf(role: 'bench' | 'generator', { secret }: Credentials, asked: Challenge, answered: Challenge): string {
  return createHmac('sha256', secret).update(`${role} ${asked.challenge} ${answered.challenge}`).digest('hex');
}

function isEqual(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}

function versionsDiffer(one: string, version: string, other: string, otherVersion: string): string | undefined {
  return version === otherVersion
    ? undefined
    : `${one} is of version ${version}, ${other} of ${otherVersion}: run the same on both sides`;
}

function say(frames: Frames, message: object): void {
  void frames.send(Buffer.from(JSON.stringify(message)));
}

async function hear<T>(frames: Frames, schema: z.ZodType<T>): Promise<T> {
  const frame = await frames.next(STRANGER_LIMIT_MS);
  try {
    return schema.parse(JSON.parse(frame.toString()));
  } catch (cause) {
    throw new Error('it is no load generator of this project, or no bench', { cause });
  }
}

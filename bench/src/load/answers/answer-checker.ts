import type { ExpectedAnswer } from '../trial-spec.js';
import type { ReadAnswer } from './answer.js';
import { compareAnswer } from './compare-answer.js';

export interface Judgement {
  readonly right: boolean;
  /** The version that answered: as claimed, else the one whose prediction this is; 0: unknown. */
  readonly version: number;
  /** What is wrong, in words; empty when right. */
  readonly reason: string;
}

/** An answer that has come. */
export interface SeenAnswer {
  readonly input: number;
  /** A copy. */
  readonly body: Buffer;
  readonly claimedVersion: number;
  /** Undefined until it is judged. */
  judgement: Judgement | undefined;
}

export type AnswerChecker = ReturnType<typeof createAnswerChecker>;

/** Spellings of answers to one input that are remembered: servers batch, and a batch may move the last digit. */
const REMEMBERED = 8;

/** Checks every answer against the expected prediction (method rule 13). `expected` by input. */
export function createAnswerChecker(read: ReadAnswer, expected: readonly (readonly ExpectedAnswer[])[]) {
  const remembered: SeenAnswer[][] = expected.map(() => []);

  return {
    /** The same answer as seen before, by its bytes: under a microsecond. Otherwise a new one. */
    see(input: number, body: Buffer, claimedVersion: number): SeenAnswer {
      const seen = remembered[input] ?? [];
      for (const answer of seen) {
        if (answer.claimedVersion === claimedVersion && answer.body.equals(body)) return answer;
      }
      // Copied: the body is a view of memory that is received into again.
      const answer = { input, body: Buffer.from(body), claimedVersion, judgement: undefined };
      if (seen.length < REMEMBERED) seen.push(answer);
      return answer;
    },
    /** By reading the message; what is judged stays so. */
    judge(answer: SeenAnswer): Judgement {
      const { input, body, claimedVersion } = answer;
      return (answer.judgement ??= judgeAnswer(read, expected[input] ?? [], body, claimedVersion));
    },
  };
}

function judgeAnswer(
  read: ReadAnswer,
  expected: readonly ExpectedAnswer[],
  body: Buffer,
  claimedByHeader: number,
): Judgement {
  let answer;
  try {
    answer = read(body);
  } catch (error) {
    return { right: false, version: claimedByHeader, reason: `unreadable answer: ${(error as Error).message}` };
  }
  const claimed = claimedByHeader === 0 ? answer.version : claimedByHeader;
  // Who claims a version is held to it: the right numbers of another version are a mixed-up answer.
  const candidates = claimed === 0 ? expected : expected.filter(({ version }) => version === claimed);
  if (candidates.length === 0) {
    return {
      right: false,
      version: claimed,
      reason: `version ${claimed} answered, for which no prediction is expected`,
    };
  }
  let reason = '';
  for (const candidate of candidates) {
    const { difference } = compareAnswer(candidate.outputs, answer);
    if (difference === undefined) return { right: true, version: candidate.version, reason: '' };
    reason ||= difference;
  }
  return { right: false, version: claimed, reason };
}

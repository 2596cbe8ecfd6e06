import { z } from 'zod';
import { jsonIn } from '../words/json.js';

/** Parts of a stack, of a printed object, or of what node and gunicorn add. */
const NOISE =
  /^\s*(at .*|File ".*|\^+|~*|[[\]{}(),]*|\w+: .*,|- .*|Node\.js v.*|\[.*\] \[(?:INFO|ERROR)\] (?:Worker|Shutting down|Reason: Worker).*)$/;
const TROUBLE = /error|exception|fatal|fail|cannot|could not|denied|no such/i;
const LONGEST = 300;

/** A line of our services' log. */
const logSchema = z.object({ msg: z.string(), err: z.object({ message: z.string() }).optional() });

/** The line that best tells why a process ended: the last one that speaks of trouble, else the last that says anything. */
export function lastWords(lines: readonly string[]): string | undefined {
  const words = lines.filter((line) => !NOISE.test(line)).map(wordsOf);
  return (words.findLast((line) => TROUBLE.test(line)) ?? words.at(-1))?.slice(0, LONGEST);
}

function wordsOf(line: string): string {
  const { data } = logSchema.safeParse(line.startsWith('{') ? jsonIn(line) : undefined);
  if (data === undefined) return line.trim();
  return data.err === undefined ? data.msg : `${data.msg}: ${data.err.message}`;
}

import { z } from 'zod';
import { DEFAULT_BODY_LIMIT_BYTES } from '../http/limits.js';

/** A whole number in a variable. */
export const wholeNumber = (from: number, to: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(from, `must be at least ${from}`).max(to, `must be at most ${to}`));

/** The settings that every service has. */
export const SERVICE_SETTINGS = {
  STUDY_HOST: z.string().default('127.0.0.1'),
  /** 0 takes any free port; the log line "listening" says which. */
  STUDY_PORT: wholeNumber(0, 65_535).default(0),
  STUDY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  STUDY_BODY_LIMIT_BYTES: wholeNumber(1, 2 ** 31 - 1).default(DEFAULT_BODY_LIMIT_BYTES),
  /** How long a stopping service waits for the requests in flight. */
  STUDY_DRAIN_LIMIT_MS: wholeNumber(0, 600_000).default(10_000),
} as const;

import { z } from 'zod';

/** A whole number in a variable. */
export const wholeNumber = (from: number, to: number): z.ZodType<number> =>
  z
    .string()
    .regex(/^\d+$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(from, `must be at least ${from}`).max(to, `must be at most ${to}`));

const MEBI = 2 ** 20;
const LONGEST_MS = 3_600_000;

/** The settings that every service has. What its limits are for: docs/limits.md. */
export const SERVICE_SETTINGS = {
  STUDY_HOST: z.string().default('127.0.0.1'),
  /** 0 takes any free port; the log line "listening" says which. */
  STUDY_PORT: wholeNumber(0, 65_535).default(0),
  STUDY_LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  /** The size to which TensorFlow Serving inflates a body at most. One 224x224x3 image is about 3 MB of JSON digits. */
  STUDY_BODY_LIMIT_BYTES: wholeNumber(1, 2 ** 31 - 1).default(100 * MEBI),
  STUDY_BODIES_LIMIT_BYTES: wholeNumber(1, 2 ** 40).default(256 * MEBI),
  STUDY_HEAD_LIMIT_BYTES: wholeNumber(1, MEBI).default(16 * 1024),
  STUDY_HEAD_TIMEOUT_MS: wholeNumber(1, LONGEST_MS).default(60_000),
  /** For the whole request, body included: 100 MiB over 3 Mbit/s. */
  STUDY_REQUEST_TIMEOUT_MS: wholeNumber(1, LONGEST_MS).default(300_000),
  /** How long a stopping service waits for the requests in flight. */
  STUDY_DRAIN_LIMIT_MS: wholeNumber(0, 600_000).default(10_000),
} as const;

/** The settings of a service that parses JSON itself. */
export const JSON_SETTINGS = {
  /** A text of this size, read and written again, holds the event loop for half a second. */
  STUDY_JSON_LIMIT_BYTES: wholeNumber(1, 2 ** 29 - 1).default(16 * MEBI),
  /** Tensors of more than 254 dimensions are not possible. */
  STUDY_NESTING_LIMIT: wholeNumber(2, 254).default(254),
  STUDY_VALUES_LIMIT: wholeNumber(1, 100_000_000).default(1_000_000),
} as const;

import { JSON_SETTINGS, wholeNumber, type ServiceConfig } from '@serving-study/serving-kit';
import { z } from 'zod';

/** What this service reads from its environment, besides the settings that every service has. */
export const MODEL_SETTINGS = {
  ...JSON_SETTINGS,
  STUDY_MODEL_NAME: z.string({ error: 'must name the model, as in /v1/models/<name>' }),
  STUDY_MODEL_BASE_PATH: z.string({
    error: "must be the model's folder, which holds one folder for each version: 1, 2, ...",
  }),
  /** Default: the newest. */
  STUDY_MODEL_VERSION: z.string().regex(/^\d+$/, 'must be a whole number').optional(),
  /** Threads inside one operation and for several operations at once; 0: TensorFlow decides. */
  STUDY_INTRA_OP_THREADS: wholeNumber(0, 1024).default(0),
  STUDY_INTER_OP_THREADS: wholeNumber(0, 1024).default(0),
};

export type ModelConfig = ServiceConfig<typeof MODEL_SETTINGS>;

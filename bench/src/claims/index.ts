import type { Claim } from './claim.js';
import { concurrencyClaims } from './concurrency-claims.js';
import { conditionClaims } from './condition-claims.js';
import { headlineClaims } from './headline-claims.js';
import { modelClaims } from './model-claims.js';
import { observedClaims } from './observed-claims.js';

/** Every sentence the study answers to, in the order of the report's first table. Ids are unique (claims.test.ts). */
export const CLAIMS: readonly Claim[] = [
  ...headlineClaims,
  ...concurrencyClaims,
  ...modelClaims,
  ...conditionClaims,
  ...observedClaims,
];

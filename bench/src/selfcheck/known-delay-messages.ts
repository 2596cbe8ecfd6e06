export type ToKnownDelayServer =
  /** Forget the log: what follows is measured. */
  | { readonly kind: 'reset' }
  | { readonly kind: 'stall'; readonly inMs: number; readonly ms: number }
  | { readonly kind: 'report' };

export type FromKnownDelayServer =
  | { readonly kind: 'listening'; readonly port: number }
  | {
      readonly kind: 'report';
      /** Own measurement of each request: from its arrival until its answer was handed to the kernel. */
      readonly serviceMs: Float64Array;
      /** On CLOCK_MONOTONIC in ns. */
      readonly stalls: readonly { readonly fromNs: number; readonly untilNs: number }[];
    };

export type KnownDelayReport = Extract<FromKnownDelayServer, { kind: 'report' }>;

/** One thing that `doctor` looked for. */
export interface Check {
  /** Stable name for programs that read `doctor --json`. */
  readonly id:
    | 'node'
    | 'engine'
    | 'binding'
    | 'cpu'
    | 'cpus'
    | 'memory'
    | 'compiler'
    | 'python'
    | 'flask'
    | 'containers'
    | 'tfserving';
  readonly title: string;
  /** `limited`: it is there, but results will be worse or different for it. */
  readonly state: 'ok' | 'limited' | 'missing';
  /** Whether the study cannot run without it. */
  readonly required: boolean;
  /** For people: what was found, or why not. */
  readonly found: string;
  /** What to do about it, when something is. */
  readonly advice?: string;
  /** For programs: the same facts one by one. */
  readonly details: Readonly<Record<string, string | number | boolean | readonly string[] | undefined>>;
}

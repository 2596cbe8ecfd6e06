/** One metric of the page: its samples come below a `# TYPE` line, which is there even when there is no sample yet. */
export interface Metric {
  /** TensorFlow's own name, e.g. `/tensorflow/serving/request_count`; the page writes every other character as `:`. */
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  /** False while the real server would not list it either: such metrics appear with their first sample. */
  readonly listed: boolean;
  /** Sample lines without their line ends. */
  samples(pageName: string): string[];
  /** Value of the first sample, 0 without one: what a reload reports the increase of. */
  first(): number;
}

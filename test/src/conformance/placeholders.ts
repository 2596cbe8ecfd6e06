/** What `$MODELS`, `$CONFIGS`, `$STORE` and `$SERVER` stand for on this machine. */
export type Places = Readonly<Record<'MODELS' | 'CONFIGS' | 'STORE' | 'SERVER', string>>;

/** Puts the places of this machine into a text of the recordings. */
export function filled(text: string, places: Places): string {
  return text.replace(/\$(MODELS|CONFIGS|STORE|SERVER)\b/g, (_whole, name: keyof Places) => places[name]);
}

/** The same through all strings of a plain value. */
export function filledDeep(value: unknown, places: Places): unknown {
  if (typeof value === 'string') return filled(value, places);
  if (Array.isArray(value)) return value.map((item: unknown) => filledDeep(item, places));
  if (value instanceof Uint8Array || typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, filledDeep(item, places)]));
}

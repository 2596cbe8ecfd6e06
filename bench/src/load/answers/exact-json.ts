/** What JSON.parse would round or refuse: long digits, and the numbers that JSON has no words for. */
const UNUSUAL = /\d{16}|NaN|Infinity/;
const TOKENS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?(?:NaN|Infinity)|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g;
const MARK = '\u0000exact ';

/** Parses the JSON of TensorFlow Serving, which writes NaN and Infinity; `exact` gives what stands for such a value. */
export function parseExactJson(text: string): unknown {
  if (!UNUSUAL.test(text)) return JSON.parse(text);
  return JSON.parse(
    text.replace(TOKENS, (token) =>
      /^(?:-?\d{16,}|-?NaN|-?Infinity)$/.test(token) ? JSON.stringify(`${MARK}${token}`) : token,
    ),
  );
}

/** A bigint or a number where `parseExactJson` left a mark, else the text itself. */
export function exact(text: string): string | number | bigint {
  if (!text.startsWith(MARK)) return text;
  const token = text.slice(MARK.length);
  return /\d/.test(token) ? BigInt(token) : Number(token.replace('-NaN', 'NaN'));
}

// eslint-disable-next-line no-control-regex -- control characters are what it looks for
const UNPRINTABLE = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\u202A-\u202E\u2066-\u2069\uFFFE\uFFFF]/g;
const LONE_SURROGATE = /[\uD800-\uDBFF](?![\uDC00-\uDFFF])|(?<![\uD800-\uDBFF])[\uDC00-\uDFFF]/g;

/** Text without the characters that HTML and XML do not allow, and without those that turn the direction of the text around. */
export function printable(text: string): string {
  return text.replace(UNPRINTABLE, '\uFFFD').replace(LONE_SURROGATE, '\uFFFD');
}

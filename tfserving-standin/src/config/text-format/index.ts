export { parseTextFormat } from './parse-text-format.js';
export { TextFormatError } from './text-format-error.js';

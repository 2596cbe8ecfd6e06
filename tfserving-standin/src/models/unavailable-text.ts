import type { VersionStatus } from '../core.js';

/**
 * `1 servable(s) did not become available: {{{name: m version: 2} due to error: OUT_OF_RANGE: …}, }`. What was
 * unloaded meanwhile has no error to tell.
 */
export function unavailableText(what: 'servable' | 'model', failed: ReadonlyMap<string, VersionStatus>): string {
  const list = [...failed].map(
    ([name, { version, errorCode, errorMessage }]) =>
      `{{name: ${name} version: ${version}}${errorCode === 'OK' ? '' : ` due to error: ${errorCode}: ${errorMessage}`}}, `,
  );
  return `${failed.size} ${what}(s) did not become available: {${list.join('')}}`;
}

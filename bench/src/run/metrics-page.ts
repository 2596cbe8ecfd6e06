import { request } from 'undici';

const LIMIT_MS = 5000;

/**
 * The text at a metrics address; undefined where it cannot be read, e.g. behind a trial that the server did not survive:
 * the samples of that trial tell so, and a figure beside them must not end the study.
 */
export async function readMetricsPage(url: string): Promise<string | undefined> {
  try {
    const { statusCode, body } = await request(url, { headersTimeout: LIMIT_MS, bodyTimeout: LIMIT_MS });
    const text = await body.text();
    return statusCode === 200 ? text : undefined;
  } catch {
    return undefined;
  }
}

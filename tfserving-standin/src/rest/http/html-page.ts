import { reasonPhrase, type Answer } from './answer.js';

/** The page of libevent itself, for requests that do not get as far as the API. It closes the connection. */
export function htmlPage(status: 400 | 404 | 413 | 417 | 501): Answer {
  const phrase = reasonPhrase(status);
  return {
    status,
    headers: 'Content-Type: text/html\r\nConnection: close\r\n',
    body: Buffer.from(
      `<HTML><HEAD>\n<TITLE>${status} ${phrase}</TITLE>\n</HEAD><BODY>\n<H1>${phrase}</H1>\n</BODY></HTML>\n`,
    ),
  };
}

import { lookup } from 'node:dns/promises';

const ADDRESS = /^(?:\[[\da-f:.]+\]|[^/\s:@[\]?#,]+):\d{1,5}$/i;
const FORM = '--generators takes host:port,host:port,... or dns:name:port, where a name stands for several';

/**
 * The addresses (`host:port`) of generators that are named one by one, or by a name that stands for all of them (`dns:`).
 * @throws Error for anything else, and for a name that is not known.
 */
export async function findGenerators(text: string): Promise<string[]> {
  const name = text.startsWith('dns:') ? text.slice('dns:'.length) : undefined;
  const items = (name ?? text).split(',').map((item) => item.trim());
  if (!items.every((item) => ADDRESS.test(item)) || (name !== undefined && items.length > 1))
    throw new Error(`${FORM}; got "${text}"`);
  const twice = items.find((item, at) => items.indexOf(item) < at);
  if (twice !== undefined) throw new Error(`--generators names ${twice} twice`);
  if (name === undefined) return items;
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(name) ?? [];
  const found = await lookup(host, { all: true }).catch((cause: unknown) => {
    throw new Error(`--generators: the name ${host} is not known here`, { cause });
  });
  return [...new Set(found.map(({ address, family }) => `${family === 6 ? `[${address}]` : address}:${port}`))].sort();
}

import { loadMessages } from '@serving-study/protos';
import { filledDeep, type Places } from './placeholders.js';

type MessageType = ReturnType<ReturnType<typeof loadMessages>['lookupType']>;

/** Plain values: long integers and enums as text, bytes as base64, only the fields that are set. */
const PLAIN = { longs: String, enums: String, bytes: String, arrays: false, objects: false, defaults: false } as const;

/** The types behind a gRPC path, or undefined for services that the project has no messages for (health, unknown ones). */
function typesOf(method: string): { readonly request: MessageType; readonly response: MessageType } | undefined {
  const [, service = '', name = ''] = method.split('/');
  const root = loadMessages();
  const found = root.lookup(service);
  const rpc = found !== null && 'methods' in found ? root.lookupService(service).methods[name] : undefined;
  if (rpc === undefined) return undefined;
  return {
    request: root.lookupType(`tensorflow.serving.${rpc.requestType}`),
    response: root.lookupType(`tensorflow.serving.${rpc.responseType}`),
  };
}

/** Fills placeholders inside the bytes of a request: decoded, replaced, encoded again. */
export function filledRequest(method: string, bytes: Buffer, places: Places): Buffer {
  const type = typesOf(method)?.request;
  if (type === undefined) throw new Error(`${method} has placeholders but no known messages`);
  const plain = filledDeep(type.toObject(type.decode(bytes), { longs: String, bytes: Buffer }), places);
  return Buffer.from(type.encode(type.fromObject(plain as Record<string, unknown>)).finish());
}

/** A response as a plain value; the SignatureDefMap inside an Any is opened too. */
export function plainResponse(method: string, bytes: Buffer): unknown {
  const type = typesOf(method)?.response;
  if (type === undefined) return { bytes: bytes.toString('base64') };
  return openedAny(type.toObject(type.decode(bytes), PLAIN));
}

function openedAny(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(openedAny);
  if (typeof value !== 'object' || value === null) return value;
  const { type_url: url, value: content } = value as { type_url?: unknown; value?: unknown };
  if (typeof url === 'string' && typeof content === 'string') {
    const type = loadMessages().lookupType(url.slice(url.lastIndexOf('/') + 1));
    return { '@type': url, ...type.toObject(type.decode(Buffer.from(content, 'base64')), PLAIN) };
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, openedAny(item)]));
}

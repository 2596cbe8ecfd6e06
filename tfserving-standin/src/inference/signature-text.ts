import type { Signature } from '@serving-study/runtime';
import { bytewiseSorted } from './bytewise-sorted.js';

/**
 * A signature in protobuf's text format, as error texts end with it. The real server's text starts with a marker line of
 * its protobuf library (`goo.gle/debugonly`), which says nothing and is left out.
 */
export function signatureText(signature: Signature): string {
  const lines = [...tensorLines('inputs', signature.inputs), ...tensorLines('outputs', signature.outputs)];
  if (signature.methodName !== '') lines.push(`method_name: ${JSON.stringify(signature.methodName)}`);
  return lines.map((line) => `${line}\n`).join('');
}

function tensorLines(field: string, tensors: Signature['inputs']): string[] {
  return bytewiseSorted(tensors.keys()).flatMap((alias) => {
    const { tensorName = '', dtype, shape } = tensors.get(alias) ?? {};
    return [
      `${field} {`,
      `  key: ${JSON.stringify(alias)}`,
      '  value {',
      `    name: ${JSON.stringify(tensorName)}`,
      ...(dtype === undefined ? [] : [`    dtype: DT_${dtype.toUpperCase()}`]),
      '    tensor_shape {',
      ...(shape === undefined ? ['      unknown_rank: true'] : shape.flatMap(dimensionLines)),
      '    }',
      '  }',
      '}',
    ];
  });
}

function dimensionLines(size: number): string[] {
  return ['      dim {', ...(size === 0 ? [] : [`        size: ${size}`]), '      }'];
}

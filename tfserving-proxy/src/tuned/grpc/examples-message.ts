import type { ExamplesRequest } from '@serving-study/tfserving-json';
import protobuf from 'protobufjs/minimal.js';
import type { ModelSpec } from '../../model-catalogue.js';
import { tag } from './message-fields.js';
import { writeModelSpec } from './model-spec-message.js';

/** A serialized tensorflow.serving.ClassificationRequest or RegressionRequest: they have the same fields. */
export function examplesRequestBytes(
  model: ModelSpec,
  { signatureName, examples, context }: ExamplesRequest,
): Uint8Array {
  const writer = protobuf.Writer.create();
  writeModelSpec(writer, 1, model, signatureName);
  writer.uint32(tag(2)).fork(); // Input: example_list, or example_list_with_context
  writer.uint32(tag(context === undefined ? 1 : 2)).fork();
  for (const example of examples) writer.uint32(tag(1)).bytes(example);
  if (context !== undefined) writer.uint32(tag(2)).bytes(context);
  return writer.ldelim().ldelim().finish();
}

import { readFile } from 'node:fs/promises';
import { loadMessages } from '@serving-study/protos';
import type protobuf from 'protobufjs';
import { StatusError } from '../status-error.js';
import { parseTextFormat, TextFormatError } from './text-format/index.js';

/** A configuration file as a message of the root's own type, with what protobuf would print about a mistake in it. */
export interface ConfigFileProblem {
  /** `Error parsing text-format tensorflow.serving.ModelServerConfig: 1:33: …` */
  readonly detail: string;
}

/**
 * Reads a text-format configuration file as a message of the type `tensorflow.serving.<typeName>`. Throws StatusError with
 * the real server's text; `onProblem` gets the line and column, which that text leaves out.
 */
export async function readConfigFile(
  path: string,
  typeName: string,
  onProblem: (problem: ConfigFileProblem) => void,
): Promise<protobuf.Message> {
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT')
      throw new StatusError('NOT_FOUND', `${path}; No such file or directory`);
    throw new StatusError('FAILED_PRECONDITION', `${path}; ${String(error)}`);
  });
  // The real server maps the file into memory, which the system refuses for an empty one.
  if (text === '') throw new StatusError('INVALID_ARGUMENT', `${path}; Invalid argument`);
  const type = loadMessages().lookupType(`tensorflow.serving.${typeName}`);
  try {
    return parseTextFormat(text, type);
  } catch (error) {
    if (!(error instanceof TextFormatError)) throw error;
    onProblem({ detail: `Error parsing text-format tensorflow.serving.${typeName}: ${error.message}` });
    throw new StatusError('INVALID_ARGUMENT', `Invalid protobuf file: '${path}'`);
  }
}

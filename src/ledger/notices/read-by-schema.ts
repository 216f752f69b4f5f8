import type { Static, TSchema } from 'typebox';
import { Value } from 'typebox/value';
import type { Finding } from '#kernel';
import { unreadable } from './compose-layout.ts';

/** A text of JSON as its schema says; where it is not so, nothing, and a finding for each place. */
export function readBySchema<Schema extends TSchema>(
  text: string,
  schema: Schema,
  file: string,
  findings: Finding[],
): Static<Schema> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    if (Value.Check(schema, value)) return value;
    for (const error of Value.Errors(schema, value)) findings.push(unreadable(file, error.instancePath, error.message));
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    findings.push(unreadable(file, '', error.message));
  }
  return undefined;
}

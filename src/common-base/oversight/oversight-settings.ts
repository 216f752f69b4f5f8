import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { UnreadableInput } from '#kernel';
import { findNetworks, type Networks } from '#platform/http';
import type { OversightSettings } from './types.ts';

/** Where the municipality has not decided otherwise. */
const defaultOversightSettings: OversightSettings = { exportFrom: null, keepDays: 7, published: null };

const schema = Type.Object(
  {
    exportFrom: Type.Optional(Type.Array(Type.String({ pattern: '^[0-9a-f.:]+/[0-9]{1,3}$' }))),
    keepDays: Type.Optional(Type.Integer({ minimum: 1, maximum: 90 })),
    published: Type.Optional(Type.Record(Type.String(), Type.Array(Type.String()))),
  },
  { additionalProperties: false },
);

/** Reads the text of oversight.json; undefined is a municipality without one. */
export function parseOversightSettings(text: string | undefined): OversightSettings {
  if (text === undefined) return defaultOversightSettings;
  let read: unknown;
  try {
    read = JSON.parse(text);
  } catch {
    throw new UnreadableInput('oversight.json が JSON として読めません。');
  }
  if (!Value.Check(schema, read))
    throw new UnreadableInput('oversight.json の形が違います（docs/guides/settings.md）。');
  const settings = {
    exportFrom: read.exportFrom ?? null,
    keepDays: read.keepDays ?? defaultOversightSettings.keepDays,
    published: read.published ?? null,
  };
  listOf(settings.exportFrom ?? []);
  return settings;
}

/** Whether data may be taken out at the terminal with this address. */
export function isExportTerminal(settings: OversightSettings, address: string): boolean {
  return settings.exportFrom === null || listOf(settings.exportFrom).has(address);
}

function listOf(networks: readonly string[]): Networks {
  const found = findNetworks(networks);
  if (found !== undefined) return found;
  throw new UnreadableInput(
    'oversight.json の exportFrom に、ネットワークの書き方（10.1.0.0/16 など）ではないものがあります。',
  );
}

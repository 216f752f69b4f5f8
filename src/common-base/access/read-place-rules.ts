import { type Static, Type } from 'typebox';
import { Value } from 'typebox/value';
import { UnreadableInput } from '#kernel';
import { findNetworks } from '#platform/http';
import type { PlaceRule } from './decide-place.ts';
import { isRole, type Role } from './permission-table.ts';

const words = Type.Array(Type.String({ minLength: 1 }), { minItems: 1 });
const schema = Type.Object(
  {
    of: Type.Optional(Type.Union([Type.Literal('signIn'), Type.Literal('dangerousActs')])),
    departments: Type.Optional(words),
    roles: Type.Optional(words),
    networks: Type.Optional(words),
    needsTerminal: Type.Optional(Type.Boolean()),
    fromHour: Type.Optional(Type.Integer({ minimum: 0, maximum: 23 })),
    toHour: Type.Optional(Type.Integer({ minimum: 1, maximum: 24 })),
    isOpenOnClosedDays: Type.Optional(Type.Boolean()),
  },
  { additionalProperties: false },
);

/** Reads `placeRules` of access.json; what cannot hold is refused, since a rule that is misread protects nothing. */
export function readPlaceRules(value: unknown): readonly PlaceRule[] {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every((each) => Value.Check(schema, each))) return value.map(ruleOf);
  throw new UnreadableInput('設定 access.json の placeRules の形が違います（docs/guides/settings.md）。');
}

function ruleOf(given: Static<typeof schema>): PlaceRule {
  const { of = 'signIn', departments = null, networks = null, fromHour = 0, toHour = 24 } = given;
  if (fromHour >= toHour) {
    throw new UnreadableInput('設定 access.json の placeRules の toHour は、fromHour より後の時にしてください。');
  }
  return {
    of,
    departments,
    roles: rolesOf(given.roles ?? null),
    networks: networks === null ? null : networksOf(networks),
    needsTerminal: given.needsTerminal ?? false,
    fromHour,
    toHour,
    isOpenOnClosedDays: given.isOpenOnClosedDays ?? true,
  };
}

function rolesOf(names: readonly string[] | null): readonly Role[] | null {
  const known = names?.filter(isRole) ?? null;
  if (known?.length === names?.length) return known;
  throw new UnreadableInput('設定 access.json の placeRules の roles に、役割の名ではないものがあります。');
}

function networksOf(texts: readonly string[]): PlaceRule['networks'] {
  const found = findNetworks(texts);
  if (found !== undefined) return found;
  throw new UnreadableInput(
    '設定 access.json の placeRules の networks は、10.1.0.0/16 の形のネットワークの並びにしてください。',
  );
}

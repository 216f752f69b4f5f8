import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { UnreadableInput } from '#kernel';
import { type ToClinic, toClinic } from './to-clinic.ts';
import { type ToLedger, toLedger } from './to-ledger.ts';

const clinicReader = reader(toClinic);
const ledgerReader = reader(toLedger);

/** What the office says, read from the bytes of a call; throws UnreadableInput for whatever no schema names. */
export function readToClinic(text: string): ToClinic {
  return clinicReader(text);
}

/** What the clinics' system answers; throws UnreadableInput for whatever no schema names. */
export function readToLedger(text: string): ToLedger {
  return ledgerReader(text);
}

/** The place and the rule are named, never a value: a message may hold a person's name. */
function reader<T extends TSchema>(schema: T): (text: string) => Static<T> {
  const compiled = Compile(schema);
  return (text) => {
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new UnreadableInput('連携の電文をJSONとして読めません。');
    }
    if (compiled.Check(value)) return value;
    const [first] = compiled.Errors(value);
    throw new UnreadableInput(
      `連携の電文が取り決めと違います（${first?.instancePath ?? '/'}）。双方の版を確かめてください。`,
    );
  };
}

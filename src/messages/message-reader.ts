import type { Static, TSchema } from 'typebox';
import { Compile } from 'typebox/compile';
import { hasNul, UnreadableInput } from '#kernel';

/**
 * A reader of a pair's messages: whatever the schema does not name is refused. The place and the rule are named, never a
 * value: a message may hold a person's name or number.
 */
export function messageReader<T extends TSchema>(schema: T): (text: string) => Static<T> {
  let compiled: ReturnType<typeof Compile<T>> | undefined;
  return (text) => {
    // Compiled at the first message: most programs that know a pair's messages are sent few kinds of them.
    compiled ??= Compile(schema);
    let value: unknown;
    try {
      value = JSON.parse(text);
    } catch {
      throw new UnreadableInput('連携の電文をJSONとして読めません。');
    }
    // No database keeps NUL; whoever sends it means no text.
    if (text.includes('\\u0000') && hasNul(value))
      throw new UnreadableInput('連携の電文に使えない文字（NUL）があります。');
    if (compiled.Check(value)) return value;
    const [first] = compiled.Errors(value);
    throw new UnreadableInput(
      `連携の電文が取り決めと違います（${first?.instancePath ?? '/'}）。双方の版を確かめてください。`,
    );
  };
}

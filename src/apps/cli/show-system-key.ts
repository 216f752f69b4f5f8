import { openSystemKey } from '#platform/exchange';
import type { Call, CommandAnswer, Surroundings } from './command.ts';

/** Shows the public key by which other systems know this one; made where there is none yet. */
export async function showSystemKey(_call: Call, around: Surroundings): Promise<CommandAnswer> {
  const { publicText, keyId } = await openSystemKey(around.home);
  return { exitCode: 0, json: { publicKey: publicText, keyId }, lines: [publicText] };
}

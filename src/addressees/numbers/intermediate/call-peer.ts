import type { LgCode } from '#kernel';
import {
  type FromResidentNetwork,
  numbersIntermediatePath,
  numbersResidentNetworkPath,
  readFromResidentNetwork,
  readToNumbers,
  type ToIntermediate,
  type ToNumbers,
  type ToResidentNetwork,
} from '#messages';
import { CallFailed, callSystem, readPeerKey } from '#platform/exchange';
import type { ExchangePeer, NationalContext } from './types.ts';

/** Who is called, on whose behalf. */
export interface PeerCall extends Pick<NationalContext, 'key' | 'clock'> {
  readonly lgCode: LgCode;
  readonly peer: ExchangePeer;
}

/** Says something to the intermediate server; its answer is another municipality's for nobody. */
export async function callIntermediate(call: PeerCall, message: ToIntermediate): Promise<ToNumbers> {
  return hold(call, readToNumbers(await say(call, numbersIntermediatePath, message)));
}

/** Says something to 市町村CS or 住基GW. */
export async function callResidentNetwork(call: PeerCall, message: ToResidentNetwork): Promise<FromResidentNetwork> {
  return hold(call, readFromResidentNetwork(await say(call, numbersResidentNetworkPath, message)));
}

/** What is thrown where the other side takes nothing now. */
export function resting(): CallFailed {
  return new CallFailed('the other system takes nothing now (maintenance)');
}

function say({ peer, key, clock }: PeerCall, path: string, message: object): Promise<string> {
  const options = { origin: peer.origin, path, key, peer: readPeerKey(peer.publicText), clock };
  return callSystem(options, JSON.stringify(message));
}

function hold<T extends { readonly lgCode: string }>(call: PeerCall, answer: T): T {
  if (answer.lgCode !== call.lgCode) throw new CallFailed('the answer is another municipality’s');
  return answer;
}

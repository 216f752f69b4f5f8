import type { FastifyInstance } from 'fastify';
import type { VaultContext } from '#addressees/numbers';
import type { Actor } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { type LgCode, UnreadableInput } from '#kernel';
import { type AddresseeAnswer, type AddresseeCallAnswer, businessSystemsPath, readAddresseeCall } from '#messages';
import { addExchangeGate, type PeerKey, readPeerKey, type SystemKey } from '#platform/exchange';
import { withMunicipality } from '#platform/postgres';
import { answerInquiry } from './answer-inquiry.ts';
import { findSystemKey, rememberCall } from './system-key-store.ts';

/** What the gate needs; everything else comes with a call. */
export interface InquiryGateOptions extends Pick<VaultContext, 'db' | 'clock' | 'keyWrapper'> {
  /** This office's key, by which its answers are known. */
  readonly key: SystemKey;
  /** The municipalities of this installation. */
  readonly listLgCodes: () => Promise<readonly LgCode[]>;
}

interface SystemCaller {
  readonly lgCode: LgCode;
  readonly system: string;
  readonly keyId: string;
  readonly peer: PeerKey;
}

/**
 * Opens the gate by which business systems ask whose record it is (AD-17): signed calls of known keys, each once. A key
 * speaks under its own system's name alone; every question is answered or refused by itself, and stands in the log.
 */
export async function addInquiryGate(server: FastifyInstance, options: InquiryGateOptions): Promise<void> {
  const { db, clock, key } = options;
  await addExchangeGate<SystemCaller>(server, {
    path: businessSystemsPath,
    key,
    clock,
    findCaller: async (keyId, body) => {
      const named = /"lgCode":"(\d{6})"/u.exec(body)?.[1];
      const lgCode = (await options.listLgCodes()).find((each) => each === named);
      if (lgCode === undefined) return undefined;
      const found = await withMunicipality(db, lgCode, (tx) => findSystemKey(tx, keyId));
      return found && { lgCode, system: found.system, keyId, peer: readPeerKey(found.publicText) };
    },
    rememberCall: ({ lgCode, keyId }, nonce, until) =>
      withMunicipality(db, lgCode, (tx) => rememberCall(tx, { keyId, nonce, until, now: clock.now() })),
    answer: (caller, body) => answerCall(options, caller, body),
  });
}

async function answerCall(options: InquiryGateOptions, caller: SystemCaller, body: string): Promise<string> {
  const { db, clock, keyWrapper } = options;
  const { lgCode, system } = caller;
  const call = readAddresseeCall(body);
  if (call.lgCode !== lgCode) throw new UnreadableInput('電文の団体コードが、署名した鍵の団体と違います。');
  const actor = actorOf(caller);
  const answers: AddresseeAnswer[] = [];
  for (const inquiry of call.inquiries) {
    if (inquiry.system === system) {
      answers.push(await answerInquiry({ db, clock, keyWrapper, actor }, inquiry));
      continue;
    }
    // A key that speaks in another system's name is refused as a stranger, and that stands in the log.
    const details = { system, saidToBe: inquiry.system };
    await withMunicipality(db, lgCode, (tx) =>
      recordAct(tx, actor, { act: 'inquiries.nameRefused', outcome: 'refused', details }),
    );
    const { messageId } = inquiry;
    answers.push({ kind: 'addresseeAnswer', version: 1, messageId, outcome: 'refused', because: 'systemUnknown' });
  }
  const answer: AddresseeCallAnswer = { kind: 'addresseeCallAnswer', version: 1, lgCode, answers };
  return JSON.stringify(answer);
}

function actorOf({ lgCode, system }: SystemCaller): Actor {
  return {
    lgCode,
    staffId: null,
    staffName: `業務システム ${system}`,
    via: 'job',
    from: 'exchange',
    osUser: null,
    reason: '宛名情報照会',
    roles: [],
    permissions: new Set(['inquiries.answer']),
  };
}

import type { ActBy } from '#common-base/audit';
import type { LgCode, PersonId } from '#kernel';
import type { Clock } from '#platform/clock';
import type { SystemKey } from '#platform/exchange';
import type { KeyWrapper } from '#platform/keys';
import type { Database } from '#platform/postgres';

/** What goes to and fro: a code (符号), a question to another municipality, an answer to another municipality's. */
export type RelayKind = 'linkCode' | 'inquiry' | 'provision';

/**
 * Where one of them stands. 符号取得: wanted → requested → sentOn → obtained. 情報照会: wanted → requested → answered.
 * 情報提供: asked → prepared → sent. Either may end refused or failed.
 */
export type RelayState =
  | 'wanted'
  | 'requested'
  | 'sentOn'
  | 'obtained'
  | 'answered'
  | 'refused'
  | 'failed'
  | 'asked'
  | 'prepared'
  | 'sent';

/** What the other municipality, or this one, answered. */
export type RelayOutcome = 'provided' | 'noRecord' | 'refused';

/** The systems outside with which this room speaks. */
export type PeerName = 'intermediate' | 'residentNetwork';

/** One thing under way or done. */
export interface Relay {
  readonly relayId: string;
  readonly kind: RelayKind;
  /** Null where nobody here has the number that another municipality asked about. */
  readonly personId: PersonId | null;
  /** 団体コード of the other municipality; null for a code. */
  readonly counterpart: string | null;
  readonly state: RelayState;
  /** 処理通番; null until the intermediate server gave one. */
  readonly processingNumber: string | null;
  readonly outcome: RelayOutcome | null;
  /** A word that says why it was refused or failed. */
  readonly because: string | null;
  readonly madeAt: Date;
  readonly changedAt: Date;
}

/** One line of 追跡調査. */
export interface RelayStep {
  readonly step: string;
  readonly at: Date;
  readonly processingNumber: string | null;
  /** SHA-256 as the letter's writer said it, and as it was counted here. */
  readonly letterDigest: string | null;
  readonly computedDigest: string | null;
  readonly because: string | null;
  readonly byName: string;
}

/** A letter as its writer wrote it, with the digest that goes with it. */
export interface Letter {
  readonly text: string;
  readonly digest: string;
}

/** Where another system is, and how it went last. */
export interface ExchangePeer {
  readonly origin: string;
  readonly publicText: string;
  readonly exchangedAt: Date | null;
  readonly failedAt: Date | null;
  readonly failure: string | null;
}

/** What a municipality has to do with the systems outside. */
export interface NationalWork {
  readonly lgCode: LgCode;
  /** Numbers that two people typed wait to be written into the vault. */
  readonly hasEntries: boolean;
  /** Questions to 市町村CS wait, and it is connected. */
  readonly hasConfirmations: boolean;
  /** The intermediate server is connected. */
  readonly isConnected: boolean;
  /** Something may go out to the intermediate server now. */
  readonly hasRelays: boolean;
}

/** What a round with the systems outside needs. */
export interface NationalContext {
  readonly db: Database;
  readonly clock: Clock;
  readonly keyWrapper: KeyWrapper;
  /** This office's key. */
  readonly key: SystemKey;
  /** Fires when the process is asked to end: the round stops between two messages. */
  readonly signal?: AbortSignal;
}

/** A round of a municipality with its intermediate server. */
export interface Round extends NationalContext {
  readonly lgCode: LgCode;
  readonly by: ActBy;
  readonly intermediate: ExchangePeer;
}

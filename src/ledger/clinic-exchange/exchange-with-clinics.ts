import { createHash } from 'node:crypto';
import { asJob } from '#common-base/access';
import { type ActBy, recordAct } from '#common-base/audit';
import { findProvisionBasis, recordProvisionRefused } from '#common-base/oversight';
import { type Day, formatIsoDay, type LgCode } from '#kernel';
import { loadInstitutions } from '#ledger/contracts';
import { loadLots } from '#ledger/masters';
import { loadPackages, loadRecalledLots } from '#ledger/products';
import {
  type LedgerClinicVersion,
  ledgerClinicPath,
  ledgerClinicVersions,
  type MastersMessage,
  type MastersOfVersion1,
  type RecordsMessage,
  readToLedger,
  type ToClinic,
  type ToLedger,
} from '#messages';
import { type Clock, todayInTokyo } from '#platform/clock';
import { CallFailed, CallRefused, callSystem, readPeerKey, type SystemKey } from '#platform/exchange';
import { type Database, leaseRow, releaseRow, type Tx, withMunicipality } from '#platform/postgres';
import { deriveLots } from './derive-lots.ts';
import { markAllHolders } from './hear-news.ts';
import { findRenewal } from './renew-tickets.ts';
import {
  clinicLease,
  findPeer,
  forgetTaken,
  getLastSequence,
  keepMastersDigest,
  keepTaken,
  unmarkPeople,
} from './store.ts';
import { takeRecords } from './take-records.ts';
import type { ClinicPeer } from './types.ts';

/** What a round of the exchange needs. */
export interface ExchangeContext {
  readonly db: Database;
  readonly clock: Clock;
  /** This office's key. */
  readonly key: SystemKey;
  /** Fires when the process is asked to end: the round stops between two messages. */
  readonly signal?: AbortSignal;
}

/** What one round did. */
export interface ExchangeResult {
  readonly tickets: number;
  readonly records: number;
}

interface Round extends ExchangeContext {
  readonly lgCode: LgCode;
  readonly peer: ClinicPeer;
  readonly by: ActBy;
  readonly today: Day;
  /** In which both sides speak. */
  readonly version: LedgerClinicVersion;
}

const leaseSeconds = 120;
const recordsPerMessage = 500;
const noBasis =
  '予診票と本人の情報は渡していません。医療機関への提供が、今日の提供の根拠の表にないためです。根拠があるときは、設定の provisions.csv に加えてください。';
const toClinics = { door: 'clinics', recipient: 'contractedClinic', withNumbers: false } as const;

/**
 * One round with the clinics' system of a municipality: records, lists that changed, forms and people that changed. Ends
 * when nothing is left. Undefined where none is connected or another worker is at it; a failure is noted for the office's
 * page and thrown.
 */
export async function exchangeWithClinics(
  context: ExchangeContext,
  lgCode: LgCode,
): Promise<ExchangeResult | undefined> {
  const { db, clock } = context;
  const peer = await withMunicipality(db, lgCode, async (tx) => {
    const found = await findPeer(tx);
    return found !== undefined && (await leaseRow(tx, clinicLease, leaseSeconds)) ? found : undefined;
  });
  if (peer === undefined) return undefined;
  const by = await asJob(db, lgCode, { job: 'clinics.exchange', startedBy: null });
  let failure: string | null = null;
  try {
    const { round, first } = await agree({ ...context, lgCode, peer, by, today: todayInTokyo(clock) });
    // First what comes: its answer tells whether the other side still holds what it took.
    const { records, isLost } = await collectRecords(round, first);
    await sendMasters(round, isLost);
    return { tickets: await sendTickets(round), records };
  } catch (error) {
    failure = error instanceof CallFailed ? error.message : 'an error of our own; see the log';
    throw error;
  } finally {
    await withMunicipality(db, lgCode, (tx) => releaseRow(tx, clinicLease, failure));
  }
}

/**
 * Collects in the newest version, and in the one before it where the other side, not brought up to date yet, refuses that:
 * the two systems are never updated in the same minute.
 */
async function agree(
  around: Omit<Round, 'version'>,
): Promise<{ readonly round: Round; readonly first: RecordsMessage }> {
  let refusal: unknown;
  for (const version of ledgerClinicVersions) {
    const round = { ...around, version };
    try {
      return { round, first: await collect(round, []) };
    } catch (error) {
      if (!(error instanceof CallRefused)) throw error;
      refusal ??= error;
    }
  }
  throw refusal;
}

async function collect(
  round: Round,
  taken: { readonly recordId: string; readonly revision: number }[],
): Promise<RecordsMessage> {
  const { lgCode, version } = round;
  // An ending worker takes nothing more, and still says what it has.
  const limit = round.signal?.aborted === true ? 0 : recordsPerMessage;
  const answer = await call(round, { kind: 'collect', version, lgCode, taken, limit });
  if (answer.kind !== 'records') throw new CallFailed('the answer to collect holds no records');
  return answer;
}

async function sendMasters(round: Round, isLost: boolean): Promise<void> {
  const { db, lgCode, peer, version } = round;
  const loaded = await withMunicipality(db, lgCode, (tx) => loadMasters(tx));
  const message = version === 1 ? inVersion1(loaded) : loaded;
  const digest = createHash('sha256').update(JSON.stringify(message)).digest('hex');
  if (digest === peer.mastersDigest && !isLost) return;
  // Killed between the two, nobody knows which lists are there: what changes back meanwhile is sent again.
  await withMunicipality(db, lgCode, (tx) => keepMastersDigest(tx, null));
  await call(round, message);
  await withMunicipality(db, lgCode, (tx) => keepMastersDigest(tx, digest));
}

async function loadMasters(tx: Tx): Promise<MastersMessage> {
  const isoOrNull = (day: Day | null): string | null => (day === null ? null : formatIsoDay(day));
  const institutions = [...(await loadInstitutions(tx)).values()].map(({ institutionCode, name, contracts }) => {
    const told = contracts.map(({ from, to, programmes }) => {
      return { from: isoOrNull(from), to: isoOrNull(to), programmes: programmes === null ? null : [...programmes] };
    });
    return { institutionCode, name, contracts: told };
  });
  const packages = (await loadPackages(tx)).map((each) => ({ ...each }));
  const { lots, recalls } = deriveLots(await loadLots(tx), await loadRecalledLots(tx));
  return { kind: 'masters', version: 2, lgCode: tx.lgCode, institutions, packages, lots, recalls };
}

/** Without programmes: such a system asks only whether there is a contract, and 受付 asks the rest afterwards. */
function inVersion1(message: MastersMessage): MastersOfVersion1 {
  const institutions = message.institutions.map(({ contracts, ...institution }) => {
    return { ...institution, contracts: contracts.map(({ from, to }) => ({ from, to })) };
  });
  return { ...message, version: 1, institutions };
}

async function sendTickets(round: Round): Promise<number> {
  const { db, lgCode, by, today, signal } = round;
  let provision: string | null = null;
  let sent = 0;
  while (signal?.aborted !== true) {
    const renewal = await withMunicipality(db, lgCode, (tx) => findRenewal(tx, today));
    if (renewal === undefined) break;
    const { message, taken, forgotten, personIds, readAt } = renewal;
    if (message !== null) {
      // Masters name no person; people's data go nowhere without their basis.
      provision ??= await requireBasis(round);
      await call(round, { ...message, version: round.version });
      sent += message.tickets.length;
    }
    // Noted after it was taken: killed in between, the same is sent again and changes nothing there.
    await withMunicipality(db, lgCode, async (tx) => {
      await keepTaken(tx, taken, forgotten);
      await unmarkPeople(tx, personIds, readAt);
      if (message === null) return;
      const details = { tickets: message.tickets.length, people: message.patients.length, provision };
      const told = [...new Set(taken.map(({ personId }) => personId))];
      await recordAct(tx, by, { act: 'clinics.ticketsSent', personIds: told, details });
    });
  }
  return sent;
}

/** The row of the table of provisions; without one the refusal stands in the log once, not once a round. */
async function requireBasis({ db, lgCode, by, today, peer }: Round): Promise<string> {
  const basis = await withMunicipality(db, lgCode, async (tx) => {
    const found = await findProvisionBasis(tx, toClinics, today);
    if (found === undefined && peer.failure !== noBasis) await recordProvisionRefused(tx, by, toClinics);
    return found;
  });
  if (basis === undefined) throw new CallFailed(noBasis);
  return basis.id;
}

async function collectRecords(
  round: Round,
  first: RecordsMessage,
): Promise<{ readonly records: number; readonly isLost: boolean }> {
  const { db, lgCode, by } = round;
  const isLost = await tellAnewIfLost(round, first.lastSequence);
  let records = 0;
  let answer = first;
  while (answer.records.length > 0) {
    const arrived = answer.records;
    // Safe here before the other side is told so by the next message.
    records += await withMunicipality(db, lgCode, (tx) => takeRecords(tx, by, arrived));
    answer = await collect(
      round,
      arrived.map(({ recordId, revision }) => ({ recordId, revision })),
    );
  }
  return { records, isLost };
}

/**
 * Whether the other side holds less than it once took: it was restored from a backup. It is told everything; what clinics
 * recorded meanwhile is here and goes back to it as doses.
 */
async function tellAnewIfLost({ db, lgCode, by }: Round, lastSequence: number): Promise<boolean> {
  return await withMunicipality(db, lgCode, async (tx) => {
    if (lastSequence >= (await getLastSequence(tx))) return false;
    await forgetTaken(tx);
    await markAllHolders(tx);
    await recordAct(tx, by, { act: 'clinics.toldAnew', details: { lastSequence } });
    return true;
  });
}

async function call({ peer, key, clock, lgCode, version }: Round, message: ToClinic): Promise<ToLedger> {
  const options = { origin: peer.origin, path: ledgerClinicPath, key, peer: readPeerKey(peer.publicText), clock };
  const answer = readToLedger(await callSystem(options, JSON.stringify(message)));
  if (answer.lgCode !== lgCode) throw new CallFailed('the answer is another municipality’s');
  if (answer.version !== version) throw new CallFailed('the answer is in another version than the call');
  return answer;
}

import type { FastifyInstance } from 'fastify';
import { deliverRecords } from '#clinic/records';
import { listNumbersOf, takeMasters, takeTickets } from '#clinic/tickets';
import type { ActBy } from '#common-base/audit';
import { recordAct } from '#common-base/audit';
import { type LgCode, UnreadableInput } from '#kernel';
import { ledgerClinicPath, readToClinic, type ToClinic, type ToLedger } from '#messages';
import type { Clock } from '#platform/clock';
import { addExchangeGate, type SystemKey } from '#platform/exchange';
import { type Database, type Tx, withMunicipality } from '#platform/postgres';
import { findCaller, type OfficeCaller, rememberCall } from './peer-store.ts';

/** What the gate needs; everything else comes with a call. */
export interface OfficeGateOptions {
  readonly db: Database;
  readonly clock: Clock;
  readonly key: SystemKey;
  /** The municipalities of this system. */
  readonly listLgCodes: () => Promise<readonly LgCode[]>;
}

/** Opens the gate: one transaction per call, taken whole or not at all. */
export async function addOfficeGate(server: FastifyInstance, options: OfficeGateOptions): Promise<void> {
  const { db, clock, key } = options;
  await addExchangeGate<OfficeCaller>(server, {
    path: ledgerClinicPath,
    key,
    clock,
    findCaller: async (keyId, body) => {
      const named = /"lgCode":"(\d{6})"/u.exec(body)?.[1];
      const lgCode = (await options.listLgCodes()).find((each) => each === named);
      return lgCode === undefined ? undefined : findCaller(db, lgCode, keyId);
    },
    rememberCall: ({ lgCode }, nonce, until) =>
      withMunicipality(db, lgCode, (tx) => rememberCall(tx, nonce, until, clock.now())),
    answer: async ({ lgCode }, body) => {
      const message = readToClinic(body);
      if (message.lgCode !== lgCode) throw new UnreadableInput('電文の団体コードが、署名した鍵の団体と違います。');
      const answer = await withMunicipality(db, lgCode, (tx) => takeMessage(tx, message));
      return JSON.stringify(answer);
    },
  });
}

async function takeMessage(tx: Tx, message: ToClinic): Promise<ToLedger> {
  switch (message.kind) {
    case 'masters': {
      await takeMasters(tx, message);
      const details = { institutions: message.institutions.length, recalls: message.recalls.length };
      await recordAct(tx, byOffice(tx), { act: 'exchange.mastersTaken', details });
      break;
    }
    case 'tickets': {
      await takeTickets(tx, message);
      const details = { tickets: message.tickets.length, forgotten: message.forgotten.length };
      const refs = message.patients.map(({ patientRef }) => patientRef);
      const personIds = await listNumbersOf(tx, refs);
      const items = ['氏名', '生年月日', '性別', '接種歴'];
      await recordAct(tx, byOffice(tx), { act: 'exchange.ticketsTaken', personIds, items, details });
      break;
    }
    case 'collect': {
      const answer = await deliverRecords(tx, message);
      if (answer.records.length > 0 || message.taken.length > 0) {
        const details = { delivered: answer.records.length, taken: message.taken.length };
        await recordAct(tx, byOffice(tx), { act: 'exchange.recordsDelivered', details });
      }
      return answer;
    }
  }
  return { version: message.version, lgCode: tx.lgCode, kind: 'taken' };
}

function byOffice(tx: Tx): ActBy {
  const staffName = '自治体の台帳システム';
  return { lgCode: tx.lgCode, staffId: null, staffName, via: 'job', from: 'exchange', osUser: null, reason: null };
}

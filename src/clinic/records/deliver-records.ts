import { getLastSequence } from '#clinic/tickets';
import { formatIsoDay } from '#kernel';
import type { ClinicRecord, CollectMessage, RecordsMessage } from '#messages';
import type { Tx } from '#platform/postgres';
import { deleteUndelivered, selectUndelivered } from './store.ts';
import type { RecordRevision } from './types.ts';

/** Takes out of the outbox what the office says it has, and hands out the next, oldest first. */
export async function deliverRecords(tx: Tx, message: CollectMessage): Promise<RecordsMessage> {
  if (message.taken.length > 0) await deleteUndelivered(tx, message.taken);
  const { records, waiting } = await selectUndelivered(tx, message.limit);
  return {
    version: message.version,
    lgCode: tx.lgCode,
    kind: 'records',
    records: records.map(toMessage),
    remaining: waiting - records.length,
    lastSequence: await getLastSequence(tx),
  };
}

/** The record in the words of the message; whose it is stays behind: the form's number says it to the office alone. */
function toMessage(record: RecordRevision): ClinicRecord {
  return {
    recordId: record.recordId,
    revision: record.revision,
    kind: record.kind,
    formNumber: record.formNumber,
    institutionCode: record.institutionCode,
    outcome: record.outcome,
    vaccinatedOn: formatIsoDay(record.vaccinatedOn),
    programme: record.programme,
    stage: record.stage,
    doseNumber: record.doseNumber,
    product: record.product,
    lotNumber: record.lotNumber,
    expiresOn: record.expiresOn === null ? null : formatIsoDay(record.expiresOn),
    manufacturerCode: record.manufacturerCode,
    doseVolumeMl: record.doseVolumeMl,
    physician: record.physician,
    bodyTemperature: record.bodyTemperature,
    reason: record.reason,
    findings: record.findings.map(({ code }) => code),
    isAgainstAdvice: record.isAgainstAdvice,
    recordedAt: record.recordedAt.toISOString(),
  };
}

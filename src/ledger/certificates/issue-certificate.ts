import { getPerson, listPersonSummaries } from '#addressees/persons';
import { type Actor, requirePermission } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { getMunicipality } from '#common-base/municipalities';
import { addDays, Conflict, type Day, NotFound, type PersonId, UnreadableInput } from '#kernel';
import { drawDocument, getFormLayout, type NoticeContext, readInputs } from '#ledger/notices';
import { judgePerson, loadLedgerVersions } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { readFile, storeFile } from '#platform/files';
import { type Tx, withMunicipality } from '#platform/postgres';
import { deriveCertificateValues } from './derive-certificate-values.ts';
import {
  findCertificate,
  insertCertificate,
  insertRevocation,
  selectCertificatesOf,
  takeCertificateId,
} from './store.ts';
import { type CertificateOnRecord, type CertificateState, stateOf } from './types.ts';

/** A certificate with what it is worth now. */
export interface ShownCertificate extends CertificateOnRecord {
  readonly state: CertificateState;
}

/**
 * Issues a certificate (接種記録の証明, 予防接種済証): the ledger as it is now, drawn, kept byte for byte and entered in the
 * register with one number, in one transaction. A person without any dose on record gets none.
 */
export async function issueCertificate(
  context: NoticeContext,
  request: {
    readonly personId: PersonId;
    readonly layoutId: string;
    readonly issuedOn: Day;
    readonly purpose: string;
    readonly inputs: Readonly<Record<string, string>>;
  },
): Promise<number> {
  const { actor, db, library } = context;
  requirePermission(actor, 'certificates.issue');
  const purpose = request.purpose.trim();
  if (purpose === '') throw new UnreadableInput('使いみちや申請の経緯を入力してください。');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const { personId, layoutId, issuedOn } = request;
    const layout = await getFormLayout(tx, library, layoutId, issuedOn);
    if (layout.document !== 'certificate') throw new UnreadableInput('証明書の様式を選んでください。');
    const inputs = readInputs(layout, request.inputs);
    const { doses, version, person } = await judgePerson(tx, library.rules, personId, issuedOn);
    if (doses.length === 0) throw new Conflict('この人の接種の記録は台帳にありません。証明書は交付できません。');
    const shown = await getPerson(tx, actor, personId, issuedOn);
    const address = shown.isAddressHidden ? '' : (shown.address ?? '');
    const certificateId = await takeCertificateId(tx);
    const facts = { number: `第${certificateId}号`, issuedOn, person, address, doses, inputs };
    const values = deriveCertificateValues(library.rules, layout, facts);
    const { name } = await getMunicipality(tx);
    const { pdf, pages, findings } = await drawDocument(layout, library.fonts, {
      ...{ title: layout.title, author: name, createdAt: new Date(addDays(issuedOn, 0) * 86_400_000) },
      values: [values],
    });
    if (findings.some((finding) => finding.code === 'printedCharacterMissing')) {
      throw new Conflict(
        '書体にない文字があるため交付できません。外字の書体を登録してから、もう一度交付してください。',
      );
    }
    const label = { name: `${layout.title}_${certificateId}.pdf`, mediaType: 'application/pdf' };
    const { fileId, digest } = await storeFile(tx, label, [pdf]);
    const details = { certificateId, layout: layoutId };
    const actId = await recordAct(tx, actor, { act: 'certificates.issued', personIds: [personId], details });
    const frame = { actId, staffId: actor.staffId, staffName: actor.staffName };
    await insertCertificate(tx, frame, certificateId, {
      ...{ personId, layoutId, title: layout.title, issuedOn, ledgerVersion: version, fileId, digest, pages },
      ...{ doses: doses.length, purpose, staffName: actor.staffName },
    });
    return certificateId;
  });
}

/** The certificates of a person with what each is worth now. */
export async function listCertificates(tx: Tx, actor: Actor, personId: PersonId): Promise<ShownCertificate[]> {
  requirePermission(actor, 'vaccinations.view');
  const version = (await loadLedgerVersions(tx, [personId])).get(personId) ?? 0;
  const certificates = await selectCertificatesOf(tx, personId);
  if (certificates.length > 0) await recordAct(tx, actor, { act: 'certificates.viewed', personIds: [personId] });
  return certificates.map((certificate) => ({ ...certificate, state: stateOf(certificate, version) }));
}

/** The copy of a certificate exactly as it was handed out; who opens it is recorded. */
export async function readCertificate(context: NoticeContext, certificateId: number): Promise<Buffer> {
  const { actor, db } = context;
  requirePermission(actor, 'certificates.issue');
  return withMunicipality(db, actor.lgCode, async (tx) => {
    const certificate = await getCertificate(tx, certificateId);
    const [person] = await listPersonSummaries(tx, [certificate.personId], todayInTokyo(context.clock));
    const details = { certificateId };
    await recordAct(tx, actor, { act: 'certificates.opened', personIds: [certificate.personId], details });
    if (person?.isAddressHidden !== false) {
      throw new Conflict(
        '支援措置の対象になった人とその世帯の、前の証明書の写しは開けません。新しく交付してください。',
      );
    }
    return Buffer.concat(await Array.fromAsync(readFile(tx, certificate.fileId)));
  });
}

/** Takes a certificate back (失効), once and for good, with the reason. */
export async function revokeCertificate(context: NoticeContext, certificateId: number, reason: string): Promise<void> {
  const { actor, db } = context;
  requirePermission(actor, 'certificates.issue');
  const words = reason.trim();
  if (words === '') throw new UnreadableInput('失効の理由を入力してください。');
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const { personId } = await getCertificate(tx, certificateId);
    const act = { act: 'certificates.revoked', personIds: [personId], details: { certificateId } };
    const frame = { actId: await recordAct(tx, actor, act), staffId: actor.staffId, staffName: actor.staffName };
    if (!(await insertRevocation(tx, frame, certificateId, words))) {
      throw new Conflict('この証明書は、すでに失効しています。');
    }
  });
}

async function getCertificate(tx: Tx, certificateId: number): Promise<CertificateOnRecord> {
  const certificate = await findCertificate(tx, certificateId);
  if (certificate === undefined) throw new NotFound('この証明書はありません。');
  return certificate;
}

import { formatIsoDay, type PersonId, parseIsoDay, type StaffId } from '#kernel';
import type { Tx } from '#platform/postgres';
import type { CertificateOnRecord, NewCertificate } from './types.ts';

/** Who acts under which audit act. */
export interface CertificateFrame {
  readonly actId: number;
  readonly staffId: StaffId | null;
  readonly staffName: string;
}

/**
 * The number that the next certificate has, given before it is drawn, since it stands on the sheet. Others wait until the
 * transaction ends, so that no number is skipped or given twice.
 */
export async function takeCertificateId(tx: Tx): Promise<number> {
  await tx.client.query("SELECT pg_advisory_xact_lock(hashtextextended('certificates:' || $1, 0))", [tx.lgCode]);
  const { rows } = await tx.client.query<{ id: number }>(
    'SELECT coalesce(max(certificate_id), 0) + 1 AS id FROM issued_certificates WHERE lg_code = $1',
    [tx.lgCode],
  );
  const id = rows[0]?.id;
  if (id === undefined) throw new Error('no number for a certificate');
  return id;
}

/** Enters a certificate under the number that stands on it. */
export async function insertCertificate(
  tx: Tx,
  frame: CertificateFrame,
  certificateId: number,
  certificate: NewCertificate,
): Promise<void> {
  await tx.client.query(
    `INSERT INTO issued_certificates (lg_code, certificate_id, person_id, layout_id, title, issued_on, ledger_version,
            file_id, digest, pages, doses, purpose, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`,
    [
      ...[tx.lgCode, certificateId, certificate.personId, certificate.layoutId, certificate.title],
      ...[formatIsoDay(certificate.issuedOn), certificate.ledgerVersion, certificate.fileId, certificate.digest],
      ...[certificate.pages, certificate.doses, certificate.purpose, frame.staffId, frame.staffName, frame.actId],
    ],
  );
}

interface CertificateRow extends Omit<CertificateOnRecord, 'issuedOn'> {
  readonly issued_on: string;
}

async function selectCertificates(tx: Tx, condition: string, value: number): Promise<CertificateOnRecord[]> {
  const { rows } = await tx.client.query<CertificateRow>(
    `SELECT c.certificate_id AS "certificateId", c.person_id AS "personId", c.title, c.issued_on,
            c.ledger_version AS "ledgerVersion", c.file_id AS "fileId", c.doses, c.purpose,
            c.staff_name AS "staffName", r.reason AS "revokedFor"
       FROM issued_certificates c
       LEFT JOIN certificate_revocations r ON r.lg_code = c.lg_code AND r.certificate_id = c.certificate_id
      WHERE c.lg_code = $1 AND ${condition} ORDER BY c.certificate_id DESC`,
    [tx.lgCode, value],
  );
  return rows.map(({ issued_on, ...row }) => ({ ...row, issuedOn: parseIsoDay(issued_on) }));
}

/** The certificates of a person, last first. */
export function selectCertificatesOf(tx: Tx, personId: PersonId): Promise<CertificateOnRecord[]> {
  return selectCertificates(tx, 'c.person_id = $2', personId);
}

/** One certificate; undefined where the number is none. */
export async function findCertificate(tx: Tx, certificateId: number): Promise<CertificateOnRecord | undefined> {
  return (await selectCertificates(tx, 'c.certificate_id = $2', certificateId))[0];
}

/** Takes a certificate back; false where it was before. */
export async function insertRevocation(
  tx: Tx,
  frame: CertificateFrame,
  certificateId: number,
  reason: string,
): Promise<boolean> {
  const { rowCount } = await tx.client.query(
    `INSERT INTO certificate_revocations (lg_code, certificate_id, reason, staff_id, staff_name, act_id)
     VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING`,
    [tx.lgCode, certificateId, reason, frame.staffId, frame.staffName, frame.actId],
  );
  return rowCount === 1;
}

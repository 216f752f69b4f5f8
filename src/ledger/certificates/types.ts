import type { Day, PersonId } from '#kernel';

/** What a certificate is worth: as issued, overtaken by a later ledger, or taken back. */
export type CertificateState = 'valid' | 'superseded' | 'revoked';

/** A certificate in the register of issues (交付簿). */
export interface CertificateOnRecord {
  readonly certificateId: number;
  readonly personId: PersonId;
  readonly title: string;
  readonly issuedOn: Day;
  readonly ledgerVersion: number;
  readonly fileId: number;
  readonly doses: number;
  readonly purpose: string;
  readonly staffName: string;
  readonly revokedFor: string | null;
}

/** A certificate about to be entered. */
export interface NewCertificate extends Omit<CertificateOnRecord, 'certificateId' | 'revokedFor'> {
  readonly layoutId: string;
  readonly digest: string;
  readonly pages: number;
}

/** The state of a certificate beside the present version of the person's ledger. */
export function stateOf(certificate: CertificateOnRecord, ledgerVersion: number): CertificateState {
  if (certificate.revokedFor !== null) return 'revoked';
  return certificate.ledgerVersion < ledgerVersion ? 'superseded' : 'valid';
}

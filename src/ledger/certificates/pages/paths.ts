import type { PersonId } from '#kernel';

/** The certificates of a person. */
export function certificatesPath(personId: PersonId): string {
  return `/persons/${personId}/certificates`;
}

/** The copy of a certificate as it was handed out. */
export function certificatePath(certificateId: number): string {
  return `/certificates/${certificateId}`;
}

/** Takes a certificate back. */
export function revocationPath(certificateId: number): string {
  return `${certificatePath(certificateId)}/revoke`;
}

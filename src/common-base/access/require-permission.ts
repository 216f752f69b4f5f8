import { recordAct } from '#common-base/audit';
import { type Database, withMunicipality } from '#platform/postgres';
import { type Permission, permissionTable } from './permission-table.ts';
import type { Actor } from './types.ts';

/** The actor's duties do not allow it (HTTP 403). The web and the command line write it into the log as a refusal. */
export class NotPermitted extends Error {
  override readonly name = 'NotPermitted';
  readonly status = 403;
  readonly isForPeople = true;
  /** What would have been needed; null where the request itself was not trustworthy. */
  readonly permission: Permission | null;
  /** Why, in a word for the log, where it was no permission that lacked. */
  readonly because: string | null;

  constructor(permission: Permission | null, message?: string, because: string | null = null) {
    super(message ?? sentenceFor(permission));
    this.permission = permission;
    this.because = because;
  }
}

/** Lets the actor pass or throws NotPermitted. Every door calls it first, whatever the route has checked already. */
export function requirePermission(actor: Actor, permission: Permission): void {
  if (!actor.permissions.has(permission)) throw new NotPermitted(permission);
}

/** Whether the actor's duties allow it; for leaving out links and buttons, never instead of requirePermission. */
export function mayDo(actor: Actor, permission: Permission): boolean {
  return actor.permissions.has(permission);
}

/** Writes a refusal into the log in a transaction of its own, since the refused one is rolled back. */
export async function recordRefusal(db: Database, actor: Actor, error: NotPermitted, where: string): Promise<void> {
  await withMunicipality(db, actor.lgCode, async (tx) => {
    const because = error.because === null ? {} : { because: error.because };
    const details = { permission: error.permission, where, ...because };
    await recordAct(tx, actor, { act: 'access.refused', outcome: 'refused', details });
  });
}

function sentenceFor(permission: Permission | null): string {
  const found = permissionTable.find((entry) => entry.permission === permission);
  const what = found === undefined ? 'この操作' : `「${found.functionJa}」`;
  return `${what}の権限がありません。業務に必要なときは、所属長を通じてシステム管理者に申請してください。この操作は記録されました。`;
}

import { formatIsoDay } from '#kernel';
import { type Clock, todayInTokyo } from '#platform/clock';
import { type Database, withMunicipality } from '#platform/postgres';
import { findPermissionRow, type Permission } from './permission-table.ts';
import { NotPermitted } from './require-permission.ts';
import { findStaff, isUsable, permissionsOfStaff } from './staff-store.ts';
import type { Actor } from './types.ts';

/** Long work held to what its actor may do while it goes on. */
export interface PermissionWatch {
  /** Does the work; what it is asked whether it may is what must stay allowed. */
  readonly actor: Actor;
  /**
   * Throws NotPermitted once the account was stopped, or a permission that the work has used was taken away. Called at
   * every page of the work; asks the database at most twice a second.
   */
  check(): Promise<void>;
}

const askEveryMs = 500;

/**
 * Watches the permissions of a member while long work goes on for them: a permission taken away stops the work at its
 * next page, not at its end. What the system does by itself is allowed by nobody and goes on.
 */
export function watchPermissions(
  db: Database,
  actor: Actor,
  clock: Clock,
  everyMs: number = askEveryMs,
): PermissionWatch {
  const used = new Set<Permission>();
  const permissions = new NotedPermissions(actor.permissions, used);
  let askedAt = performance.now();
  return {
    actor: { ...actor, permissions },
    async check() {
      if (actor.staffId === null || performance.now() - askedAt < everyMs) return;
      const lost = await findLost(db, actor, clock, used);
      askedAt = performance.now();
      if (lost !== undefined) throw new NotPermitted(lost, sentenceOf(lost));
    },
  };
}

/** The permissions of an actor, that remember which of them were asked for and held. */
class NotedPermissions extends Set<Permission> {
  readonly #used: Set<Permission>;

  constructor(permissions: ReadonlySet<Permission>, used: Set<Permission>) {
    super(permissions);
    this.#used = used;
  }

  override has(permission: Permission): boolean {
    const isHeld = super.has(permission);
    if (isHeld) this.#used.add(permission);
    return isHeld;
  }
}

/** What is held no more of what was used; null where the account itself is closed. */
async function findLost(
  db: Database,
  { lgCode, staffId }: Actor,
  clock: Clock,
  used: ReadonlySet<Permission>,
): Promise<Permission | null | undefined> {
  if (staffId === null) return undefined;
  const today = formatIsoDay(todayInTokyo(clock));
  const staff = await withMunicipality(db, lgCode, (tx) => findStaff(tx, staffId));
  if (staff === undefined || !isUsable(staff, today)) return null;
  const held = permissionsOfStaff(staff, today);
  return [...used].find((permission) => !held.has(permission));
}

function sentenceOf(lost: Permission | null): string {
  if (lost === null) return '頼んだ職員のアカウントが処理の途中で停止されたため、処理を止めました。';
  const name = findPermissionRow(lost)?.functionJa ?? lost;
  return `頼んだ職員の「${name}」の権限が処理の途中でなくなったため、処理を止めました。権限のある人が頼み直してください。`;
}

import { addStaffRoute, type StaffApp, type StaffContext } from '#common-base/access';
import { recordAct } from '#common-base/audit';
import { todayInTokyo } from '#platform/clock';
import type { Html } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { loadLinkedSystems } from './linked-systems.ts';
import { linkedSystemsPage, linkedSystemsPath } from './pages/linked-systems-page.ts';
import { listSystemKeys } from './system-key-store.ts';

/** 宛名を照会するシステム: the allow-list with its keys, for whoever answers for it. */
export function registerLinkedSystemRoutes(app: StaffApp): void {
  addStaffRoute(app, { method: 'GET', url: linkedSystemsPath, permission: 'settings.view', handler: show });
}

async function show(context: StaffContext): Promise<Html> {
  const view = await withMunicipality(context.db, context.lgCode, async (tx) => {
    await recordAct(tx, context.actor, { act: 'inquiries.systemsViewed' });
    return { systems: await loadLinkedSystems(tx), keys: await listSystemKeys(tx) };
  });
  const body = linkedSystemsPage({ ...view, today: todayInTokyo(context.clock) });
  return context.page({ title: '宛名を照会するシステム', body, current: linkedSystemsPath });
}

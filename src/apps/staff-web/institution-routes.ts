import { type Answer, addStaffRoute, type StaffApp, type StaffContext } from '#common-base/access';
import { listInstitutions } from '#ledger/contracts';
import { todayInTokyo } from '#platform/clock';
import { explainFinding, type FindingsTables } from '#platform/findings';
import { withMunicipality } from '#platform/postgres';
import { institutionsPage } from './pages/institutions-page.ts';
import { institutionsPath } from './pages/paths.ts';

const institutionsPerPage = 100;

/** The institutions under contract, to look one up by name or code. */
export function registerInstitutionRoutes(app: StaffApp, tools: { readonly findings: FindingsTables }): void {
  addStaffRoute(app, {
    method: 'GET',
    url: institutionsPath,
    permission: 'institutions.view',
    handler: (context) => showInstitutions(context, tools.findings),
  });
}

async function showInstitutions(context: StaffContext, findings: FindingsTables): Promise<Answer> {
  const text = context.query.text('text');
  const after = context.query.text('after');
  const asOf = todayInTokyo(context.clock);
  const found = await withMunicipality(context.db, context.lgCode, (tx) =>
    listInstitutions(tx, context.actor, {
      text,
      asOf,
      limit: institutionsPerPage + 1,
      ...(after === '' ? {} : { after }),
    }),
  );
  const shown = found.slice(0, institutionsPerPage);
  const body = institutionsPage({
    text,
    institutions: shown,
    next: found.length > institutionsPerPage ? (shown.at(-1)?.institutionCode ?? null) : null,
    explain: (finding) => explainFinding(findings, finding).message,
  });
  return context.page({ title: '医療機関', body, current: institutionsPath });
}

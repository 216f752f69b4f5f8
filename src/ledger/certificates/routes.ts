import { getPerson, identityBanner, personCrumbs, personPath, readPersonId } from '#addressees/persons';
import {
  type Answer,
  addStaffRoute,
  answerWith,
  mayDo,
  type Permission,
  redirectTo,
  type StaffApp,
  type StaffContext,
  sendFile,
} from '#common-base/access';
import { Conflict, findTypedPastDay, formatIsoDay, NotFound, UnreadableInput } from '#kernel';
import { listFormLayouts, type NoticeTools, noticeContext } from '#ledger/notices';
import { todayInTokyo } from '#platform/clock';
import { explainFinding } from '#platform/findings';
import { dayHelp, type FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { issueCertificate, listCertificates, readCertificate, revokeCertificate } from './issue-certificate.ts';
import { certificatesPage } from './pages/certificates-page.ts';
import { certificatesPath } from './pages/paths.ts';

type Handler = (context: StaffContext, tools: NoticeTools) => Promise<Answer>;

/** The pages of this room: the certificates of a person. */
export function registerCertificateRoutes(app: StaffApp, tools: NoticeTools): void {
  const add = (method: 'GET' | 'POST', url: string, permission: Permission, handler: Handler) =>
    addStaffRoute(app, { method, url, permission, needsReason: true, handler: (context) => handler(context, tools) });
  add('GET', '/persons/:personId/certificates', 'vaccinations.view', (context) => showCertificates(context, tools, []));
  add('POST', '/persons/:personId/certificates', 'certificates.issue', issueOne);
  add('GET', '/certificates/:certificateId', 'certificates.issue', sendCopy);
  add('POST', '/certificates/:certificateId/revoke', 'certificates.issue', revokeOne);
}

async function showCertificates(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[],
): Promise<Answer> {
  const { actor } = context;
  const personId = readPersonId(context.params['personId']);
  const today = todayInTokyo(context.clock);
  const { person, certificates, layouts } = await withMunicipality(context.db, context.lgCode, async (tx) => ({
    person: await getPerson(tx, actor, personId, today),
    certificates: await listCertificates(tx, actor, personId),
    layouts: await listFormLayouts(tx, tools.library, today),
  }));
  const choices = layouts
    .filter(
      (layout) =>
        layout.document === 'certificate' || (layout.document === null && layout.layoutId.startsWith('certificate-')),
    )
    .map(({ layoutId, title, inputs, findings }) => ({
      ...{ layoutId, title, inputs },
      faults: findings.map((one) => explainFinding(tools.findings, one).message),
    }));
  const sent = context.body;
  const body = certificatesPage({
    personId,
    who: identityBanner(person, today),
    certificates,
    choices,
    typed: (name) => sent.text(name),
    issuedOn: sent.text('issuedOn') === '' ? formatIsoDay(today) : sent.text('issuedOn'),
    errors,
    mayIssue: mayDo(actor, 'certificates.issue'),
    csrfToken: context.csrfToken,
  });
  const crumbs = [...personCrumbs, { label: person.name, href: personPath(personId) }];
  const page = context.page({ title: '証明書', body, crumbs, current: personCrumbs[0]?.href ?? '' });
  return errors.length === 0 ? page : answerWith(422, page);
}

async function issueOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const { body } = context;
  const issuedOn = findTypedPastDay(body.text('issuedOn'), todayInTokyo(context.clock));
  const errors: FormError[] = [];
  if (body.text('layoutId') === '') errors.push({ field: 'layoutId', message: '証明書を選んでください。' });
  if (body.text('purpose') === '') errors.push({ field: 'purpose', message: '使いみちや申請の経緯を書いてください。' });
  if (issuedOn === undefined)
    errors.push({
      field: 'issuedOn',
      message: dayHelp('交付日', '今日までの日で'),
    });
  if (issuedOn === undefined || errors.length > 0) return showCertificates(context, tools, errors);
  const inputs = Object.fromEntries(
    body.names().flatMap((name) => (name.startsWith('input-') ? [[name.slice(6), body.text(name)]] : [])),
  );
  try {
    const request = { personId, layoutId: body.text('layoutId'), issuedOn, purpose: body.text('purpose'), inputs };
    await issueCertificate(await noticeContext(context, tools), request);
  } catch (error) {
    if (!(error instanceof Conflict || error instanceof UnreadableInput)) throw error;
    return showCertificates(context, tools, [{ field: null, message: error.message }]);
  }
  return redirectTo(certificatesPath(personId));
}

async function sendCopy(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const certificateId = readNumber(context.params['certificateId']);
  const chunks = await readCertificate(await noticeContext(context, tools), certificateId);
  return sendFile({ name: `証明書_${certificateId}.pdf`, mediaType: 'application/pdf', chunks, isInline: true });
}

async function revokeOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const certificateId = readNumber(context.params['certificateId']);
  const personId = readPersonId(context.body.text('personId'));
  await revokeCertificate(await noticeContext(context, tools), certificateId, context.body.text('reason'));
  return redirectTo(certificatesPath(personId));
}

function readNumber(text: string | undefined): number {
  if (text === undefined || !/^\d{1,15}$/u.test(text)) throw new NotFound('この証明書はありません。');
  return Number(text);
}

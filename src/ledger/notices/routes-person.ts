import {
  getPerson,
  identityBanner,
  listRecordsOf,
  personCrumbs,
  personNotices,
  personPath,
  readPersonId,
} from '#addressees/persons';
import { type Answer, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { type Day, findTypedDay, formatIsoDay, type PersonId } from '#kernel';
import { cancelForm, loadFormsOfPeople } from '#ledger/forms';
import { formKeyOf, loadDosesByForm } from '#ledger/vaccinations';
import { todayInTokyo } from '#platform/clock';
import { explainFinding } from '#platform/findings';
import { dayHelp, type FormError, html } from '#platform/pages';
import type { Tx } from '#platform/postgres';
import { listStages, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import { selectLetterFates } from './dispatch-store.ts';
import { listFittingLayouts } from './list-fitting-layouts.ts';
import type { LayoutChoice } from './pages/layout-choice.ts';
import { personPrintPath } from './pages/paths.ts';
import { type IssuedForm, personPrintPage, printedPage } from './pages/person-print.ts';
import { printForPerson } from './print-for-person.ts';
import { inOffice, isForPeople, loadChoices, type NoticeTools, noticeContext, readStage } from './route-parts.ts';

/** The forms of a person, under any linked record, with the names of their programmes. */
export async function loadIssuedForms(tx: Tx, rules: RuleSet, personId: PersonId): Promise<IssuedForm[]> {
  const records = await listRecordsOf(tx, personId);
  const forms = await loadFormsOfPeople(tx, records);
  const fates = await selectLetterFates(tx, forms);
  const uses = await loadDosesByForm(
    tx,
    forms.map((form) => form.formNumber),
  );
  const usedOn = (formNumber: string): Day | null =>
    uses.get(formKeyOf(formNumber))?.find(({ outcome }) => outcome === 'administered')?.vaccinatedOn ?? null;
  return forms.map((form) => ({
    form,
    usedOn: usedOn(form.formNumber),
    fate: fates.get(form.formNumber) ?? null,
    title: `${nameOfProgramme(rules, form.programme)} ${nameOfStage(rules, form.programme, form.stage)}`,
  }));
}

/** Asks what to print for one person. */
export async function showPersonPrint(
  context: StaffContext,
  tools: NoticeTools,
  errors: readonly FormError[] = [],
): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const rules = await tools.rulesOf(context);
  const today = todayInTokyo(context.clock);
  const { person, forms, layouts } = await inOffice(context, async (tx) => ({
    person: await getPerson(tx, context.actor, personId, today),
    forms: await loadIssuedForms(tx, rules, personId),
    layouts: await listFittingLayouts(tx, rules, personId, today, await loadPrintable(tx, tools, today)),
  }));
  const sent = errors.length > 0 ? context.body : context.query;
  const issuedOn = sent.text('issuedOn');
  const body = personPrintPage({
    personId,
    layouts: layouts.fitting,
    otherLayouts: layouts.others.map(({ layout, why }) => ({ title: layout.title, why })),
    forms,
    layoutId: sent.text('layoutId'),
    stages: listStages(rules),
    stage: sent.text('stage'),
    inputs: (name) => sent.text(`input-${name}`),
    reason: sent.text('reason'),
    who: html`${identityBanner(person, today)}${personNotices(person)}`,
    issuedOn: issuedOn === '' ? formatIsoDay(today) : issuedOn,
    errors,
    mayCancel: mayDo(context.actor, 'forms.reissue'),
    csrfToken: context.csrfToken,
    backHref: personPath(personId),
  });
  const page = context.page({
    title: '予診票を印刷する',
    body,
    crumbs: [...personCrumbs, { label: person.name, href: personPath(personId) }],
    current: personCrumbs[0]?.href ?? '',
  });
  return errors.length === 0 ? page : answerWith(422, page);
}

/** Prints one paper for one person. */
export async function printForOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const layoutId = context.body.text('layoutId');
  const reason = context.body.text('reason');
  const issuedOn = findTypedDay(context.body.text('issuedOn'));
  const rules = await tools.rulesOf(context);
  const layouts = await inOffice(context, (tx) => loadChoices(tx, tools, issuedOn ?? todayInTokyo(context.clock)));
  const layout = layouts.find((one) => one.layoutId === layoutId && isForPeople(one));
  const stage = layout === undefined ? undefined : readStage(layout, context.body.text('stage'), listStages(rules));
  const inputs = Object.fromEntries(
    (layout?.inputs ?? []).map(({ name }) => [name, context.body.text(`input-${name}`)] as const),
  );
  const errors: FormError[] = [];
  if (layout !== undefined && stage === undefined) {
    errors.push({ field: 'stage', message: 'どの予防接種のものかを選んでください。' });
  }
  for (const { name, label, isRequired } of layout?.inputs ?? []) {
    if (isRequired === true && inputs[name] === '') {
      errors.push({ field: `input-${name}`, message: `「${label}」を書いてください。` });
    }
  }
  if (layout === undefined) errors.push({ field: 'layoutId', message: '予診票を選んでください。' });
  if (reason === '') errors.push({ field: 'reason', message: '発行の理由を書いてください。' });
  if (issuedOn === undefined) errors.push({ field: 'issuedOn', message: dayHelp('発行日') });
  if (issuedOn === undefined || errors.length > 0) return showPersonPrint(context, tools, errors);
  const request = { personId, layoutId, issuedOn, reason, stage, inputs };
  const printed = await printForPerson(await noticeContext(context, tools), request);
  const sentences = printed.findings.map((finding) => explainFinding(tools.findings, finding).message);
  const body = printedPage({ printed, sentences, backHref: personPath(personId) });
  return context.page({ title: '予診票ができました', body, crumbs: personCrumbs, width: 'narrow' });
}

/** Cancels a number of a person without a new one. */
export async function cancelForOne(context: StaffContext, tools: NoticeTools): Promise<Answer> {
  const personId = readPersonId(context.params['personId']);
  const formNumber = context.body.text('formNumber');
  const reason = context.body.text('cancelReason');
  const errors: FormError[] = [];
  if (formNumber === '') errors.push({ field: 'formNumber', message: '取り消す予診票を選んでください。' });
  if (reason === '') errors.push({ field: 'cancelReason', message: '取り消す理由を書いてください。' });
  if (errors.length > 0) return showPersonPrint(context, tools, errors);
  await cancelForm(await noticeContext(context, tools), { personId, formNumber, reason });
  return redirectTo(personPrintPath(personId));
}

/** The papers for one person that have no fault. */
async function loadPrintable(tx: Tx, tools: NoticeTools, on: Day): Promise<readonly LayoutChoice[]> {
  const layouts = await loadChoices(tx, tools, on);
  return layouts.filter((layout) => layout.faults.length === 0 && isForPeople(layout));
}

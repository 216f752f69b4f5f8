import type { StaffApp } from '#common-base/access';
import { type Answer, addStaffRoute, answerWith, mayDo, redirectTo, type StaffContext } from '#common-base/access';
import { Conflict, type Day, findTypedDay } from '#kernel';
import { todayInTokyo } from '#platform/clock';
import { dayHelp, type FormError } from '#platform/pages';
import { withMunicipality } from '#platform/postgres';
import { listProductNames, type RuleSet } from '#schedule';
import { keepPrice } from './keep-price.ts';
import { pricesPath } from './pages/paths.ts';
import { formOfPrice, type PriceForm, pricesPage } from './pages/prices-page.ts';
import { selectPrices } from './price-store.ts';
import { programmeChoices } from './programme-choices.ts';
import type { ContractPrice } from './types.ts';

/** The page of what the contracts pay. */
export function registerPriceRoutes(app: StaffApp, tools: { rulesOf(context: StaffContext): Promise<RuleSet> }): void {
  addStaffRoute(app, {
    method: 'GET',
    url: pricesPath,
    permission: 'institutions.view',
    handler: async (context: StaffContext) => showPrices(context, await tools.rulesOf(context), null),
  });
  addStaffRoute(app, {
    method: 'POST',
    url: pricesPath,
    permission: 'institutions.update',
    handler: async (context: StaffContext) => keep(context, await tools.rulesOf(context)),
  });
}

interface Problem {
  readonly form: PriceForm;
  readonly errors: readonly FormError[];
  readonly status: 409 | 422;
}

async function showPrices(context: StaffContext, rules: RuleSet, problem: Problem | null): Promise<Answer> {
  const prices = await withMunicipality(context.db, context.lgCode, selectPrices);
  const asked = context.query.text('price') || context.body.text('replaces');
  const price = prices.find((one) => String(one.versionId) === asked) ?? null;
  const body = pricesPage({
    prices,
    today: todayInTokyo(context.clock),
    programmes: programmeChoices(rules),
    products: listProductNames(rules).map(({ product, name }) => ({ value: product, label: name })),
    mayUpdate: mayDo(context.actor, 'institutions.update'),
    price,
    form: problem?.form ?? formOfPrice(price),
    errors: problem?.errors ?? [],
    csrfToken: context.csrfToken,
  });
  const page = context.page({ title: '契約の単価', body, current: pricesPath });
  return problem === null ? page : answerWith(problem.status, page);
}

async function keep(context: StaffContext, rules: RuleSet): Promise<Answer> {
  const form = readForm(context);
  const { told, errors } = readTold(form, rules);
  if (errors.length > 0) return showPrices(context, rules, { form, errors, status: 422 });
  const text = context.body.text('replaces');
  try {
    await keepPrice(context, { told, replaces: /^\d{1,15}$/u.test(text) ? Number(text) : null });
  } catch (error) {
    if (!(error instanceof Conflict)) throw error;
    return showPrices(context, rules, { form, errors: [{ field: null, message: error.message }], status: 409 });
  }
  return redirectTo(pricesPath);
}

function readForm({ body }: StaffContext): PriceForm {
  const folded = (name: string) => body.text(name).normalize('NFKC').trim().slice(0, 40);
  return {
    priceCode: folded('priceCode'),
    programme: folded('programme'),
    product: folded('product'),
    outcome: folded('outcome'),
    institutionCode: folded('institutionCode'),
    ageFromYears: folded('ageFromYears'),
    ageToYears: folded('ageToYears'),
    unitPriceYen: folded('unitPriceYen').replaceAll(',', ''),
    validFrom: folded('validFrom'),
    validTo: folded('validTo'),
    note: body.text('note').trim().slice(0, 200),
    isRetired: body.has('isRetired'),
  };
}

function readTold(form: PriceForm, rules: RuleSet): { told: ContractPrice; errors: readonly FormError[] } {
  const errors: FormError[] = [];
  const need = (field: keyof PriceForm, isRight: boolean, message: string): void => {
    if (!isRight) errors.push({ field, message });
  };
  const day = (field: 'validFrom' | 'validTo'): Day | null => {
    const found = form[field] === '' ? null : findTypedDay(form[field]);
    need(field, found !== undefined, dayHelp());
    return found ?? null;
  };
  const years = (field: 'ageFromYears' | 'ageToYears'): number | null => {
    need(field, /^\d{0,3}$/u.test(form[field]), '年齢を数字で書いてください。');
    return form[field] === '' ? null : Number(form[field]);
  };
  const [validFrom, validTo] = [day('validFrom'), day('validTo')];
  const [ageFromYears, ageToYears] = [years('ageFromYears'), years('ageToYears')];
  const isInOrder = validFrom === null || validTo === null || validFrom <= validTo;
  need('priceCode', form.priceCode !== '', '単価コードを書いてください。');
  need(
    'programme',
    programmeChoices(rules).some(({ value }) => value === form.programme),
    '予防接種を選んでください。',
  );
  need('unitPriceYen', /^\d{1,7}$/u.test(form.unitPriceYen), '単価を円で、数字で書いてください。');
  need('validTo', isInOrder, '終わりの日が始まりの日より前です。');
  need('ageToYears', (ageFromYears ?? 0) <= (ageToYears ?? 999), '年齢の終わりが始まりより前です。');
  const product = listProductNames(rules).find((one) => one.product === form.product)?.product ?? null;
  const told: ContractPrice = {
    priceCode: form.priceCode,
    programme: form.programme,
    product,
    outcome: form.outcome === 'screeningOnly' ? 'screeningOnly' : 'administered',
    institutionCode: form.institutionCode === '' ? null : form.institutionCode,
    ageFromYears,
    ageToYears,
    unitPriceYen: Number(form.unitPriceYen),
    validFrom,
    validTo,
    isRetired: form.isRetired,
    note: form.note === '' ? null : form.note,
  };
  return { told, errors };
}

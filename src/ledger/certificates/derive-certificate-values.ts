import type { PersonOnRecord } from '#addressees/persons';
import { type Day, dayParts, formatIsoDay, formatJapaneseEra } from '#kernel';
import type { FormLayout, FormValues } from '#ledger/notices';
import type { JudgedEntry } from '#ledger/vaccinations';
import { findProductName, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';

/** What a certificate is made of. */
export interface CertificateFacts {
  readonly number: string;
  readonly issuedOn: Day;
  readonly person: Pick<PersonOnRecord, 'name' | 'kana' | 'bornOn' | 'sex'>;
  /** Empty for a protected person: no certificate tells where somebody hides. */
  readonly address: string;
  readonly doses: readonly JudgedEntry[];
  readonly inputs: Readonly<Record<string, string>>;
}

const sexNames = { male: '男', female: '女', unknown: '' } as const;
const unknown = '＊';

/**
 * The values of a certificate: every dose on record in the order of its day. What the ledger does not know is an
 * asterisk, never left for a pen. Diseases in another language come from the layout's texts `disease-<id>`.
 */
export function deriveCertificateValues(rules: RuleSet, layout: FormLayout, facts: CertificateFacts): FormValues {
  const { person, issuedOn, doses } = facts;
  const texts = {
    formNumber: facts.number,
    formNumberSpaced: facts.number,
    issuedOn: formatJapaneseEra(issuedOn),
    issuedOnWestern: formatEnglishDay(issuedOn),
    name: person.name,
    kana: person.kana,
    sex: sexNames[person.sex],
    bornOn: person.bornOn === null ? '不詳' : formatJapaneseEra(person.bornOn),
    bornOnWestern: person.bornOn === null ? unknown : formatEnglishDay(person.bornOn),
    address: facts.address,
    page: '1',
    pages: '1',
    listCount: String(doses.length),
    ...Object.fromEntries(Object.entries(facts.inputs).map(([name, text]) => [`input.${name}`, text])),
  };
  const byDay = doses.toSorted((a, b) => (a.entry.fact?.vaccinatedOn ?? 0) - (b.entry.fact?.vaccinatedOn ?? 0));
  return { texts, lists: { records: byDay.flatMap((dose) => recordOf(rules, layout, dose)) } };
}

function recordOf(rules: RuleSet, layout: FormLayout, { entry, judged }: JudgedEntry): Record<string, string>[] {
  const { fact } = entry;
  if (fact === null) return [];
  const programme = judged?.programme ?? fact.programme;
  const stage = judged?.stage ?? fact.stage;
  const dose = judged?.doseNumber ?? null;
  const stageName = programme === null || stage === null ? '' : nameOfStage(rules, programme, stage);
  const item = (text: string | null | undefined) =>
    text === null || text === undefined || text === '' ? unknown : text;
  const { items } = fact;
  return [
    {
      programme: programme === null ? item(items.vaccineName) : nameOfProgramme(rules, programme),
      label: dose === null ? stageName : `${stageName} ${dose}回目`,
      day: formatJapaneseEra(fact.vaccinatedOn),
      dayIso: formatIsoDay(fact.vaccinatedOn),
      product: fact.product === null ? item(items.productName) : (findProductName(rules, fact.product) ?? unknown),
      maker: item(items.manufacturerName),
      lot: item(items.lotNumber),
      volume: item(items.doseVolumeMl),
      place: item(items.institutionOther ?? items.venueOther ?? items.institutionCode),
      disease: diseasesOf(rules, layout, fact.product),
      note: fact.vaccinationClass === 'voluntary' ? '任意' : '',
    },
  ];
}

function diseasesOf(rules: RuleSet, layout: FormLayout, product: string | null): string {
  const known = product === null ? undefined : rules.products.get(product);
  if (known === undefined) return unknown;
  const ids = [...rules.diseases].flatMap(([disease, bit]) => ((known.diseases & bit) === 0 ? [] : [disease]));
  return ids.map((id) => layout.texts[`disease-${id}`] ?? id).join(', ');
}

const monthNames = 'January February March April May June July August September October November December'.split(' ');

function formatEnglishDay(day: Day): string {
  const { year, month, dayOfMonth } = dayParts(day);
  return `${dayOfMonth} ${monthNames[month - 1] ?? ''} ${year}`;
}

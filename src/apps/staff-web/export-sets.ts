import {
  hasProtectedSince,
  listPersonIdsBornIn,
  listPersonSummaries,
  type PersonSummary,
  sexWord,
} from '#addressees/persons';
import type { ExportRow, ExportSet, ExportSpan } from '#common-base/oversight';
import { type Day, formatIsoDay, type PersonId } from '#kernel';
import { listDosesGivenIn } from '#ledger/vaccinations';
import type { Tx } from '#platform/postgres';

const rowsPerPage = 2000;

/** Who it is, as every set says it. */
const personColumns = [
  { key: 'addresseeNumber', nameJa: '宛名番号' },
  { key: 'name', nameJa: '氏名' },
  { key: 'kana', nameJa: '氏名カナ' },
  { key: 'bornOn', nameJa: '生年月日' },
  { key: 'sex', nameJa: '性別' },
] as const;

/**
 * What may be taken out of the office: residents, and doses given. Addresses of protected people (支援措置) and of their
 * households are left out by the room that holds them; there is no 個人番号 in any.
 */
export const exportSets: readonly ExportSet[] = [
  {
    key: 'residents',
    nameJa: '住民の一覧',
    dayNameJa: '生年月日',
    columns: [
      ...personColumns,
      { key: 'householdNumber', nameJa: '世帯番号', item: 'persons.householdNumber' },
      { key: 'address', nameJa: '住所' },
    ],
    places: { columns: ['householdNumber', 'address'], hasProtectedSince },
    readPages: readResidents,
  },
  {
    key: 'doses',
    nameJa: '接種記録の一覧',
    dayNameJa: '接種年月日',
    columns: [
      ...personColumns,
      { key: 'vaccinatedOn', nameJa: '接種年月日' },
      { key: 'programme', nameJa: '予防接種の種類' },
      { key: 'stage', nameJa: '期・回' },
      { key: 'vaccineName', nameJa: 'ワクチン名', item: 'doses.vaccineName' },
      { key: 'lotNumber', nameJa: 'ロット番号', item: 'doses.lotNumber' },
      { key: 'institutionCode', nameJa: '医療機関コード' },
      { key: 'outcome', nameJa: '実施区分' },
    ],
    readPages: readDoses,
  },
];

async function* readResidents(tx: Tx, span: ExportSpan, asOf: Day): AsyncGenerator<readonly ExportRow[]> {
  let after = 0 as PersonId;
  for (;;) {
    const personIds = await listPersonIdsBornIn(tx, { ...span, after, limit: rowsPerPage });
    const last = personIds.at(-1);
    if (last === undefined) return;
    after = last;
    const people = await listPersonSummaries(tx, personIds, asOf);
    yield people.map((person) => ({ personId: person.personId, values: valuesOf(person) }));
  }
}

async function* readDoses(tx: Tx, span: ExportSpan, asOf: Day): AsyncGenerator<readonly ExportRow[]> {
  let after = 0;
  for (;;) {
    const doses = await listDosesGivenIn(tx, { ...span, after, limit: rowsPerPage });
    const last = doses.at(-1);
    if (last === undefined) return;
    after = last.entryId;
    const people = await listPersonSummaries(tx, [...new Set(doses.map(({ personId }) => personId))], asOf);
    const byId = new Map(people.map((person) => [person.personId, person]));
    yield doses.map(({ personId, items }) => {
      const person = byId.get(personId);
      return { personId, values: { ...(person === undefined ? {} : valuesOf(person)), ...items } };
    });
  }
}

function valuesOf(person: PersonSummary): Record<string, string | null> {
  const { addresseeNumber, name, kana, bornOn, birthDatePrecision, birthText, sex, householdNumber, address } = person;
  const isWhole = bornOn !== null && birthDatePrecision === 'day';
  return {
    ...{ addresseeNumber, name, kana, householdNumber, address },
    bornOn: isWhole ? formatIsoDay(bornOn) : birthText,
    sex: sexWord(sex),
  };
}

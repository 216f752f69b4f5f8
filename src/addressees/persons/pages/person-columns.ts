import type { PersonId } from '#kernel';
import { type Column, type Html, html } from '#platform/pages';
import type { PersonSummary } from '../types.ts';
import { personPath } from './paths.ts';
import { birthDateText, protectionTag, residenceTag } from './person-words.ts';

/** What a list shows of a person. */
interface ListedPerson {
  readonly personId: PersonId;
  readonly name: string;
  readonly kana: string;
  readonly addresseeNumber: string;
  readonly birthText: string;
}

/** The columns with which lists begin that name people: name with the way to the person, number, birth date. */
export function personColumns<Row>(personOf: (row: Row) => ListedPerson): Column<Row>[] {
  return [
    {
      label: '氏名',
      isRowHeader: true,
      cell: (row) => {
        const { personId, name, kana } = personOf(row);
        return html`<a href="${personPath(personId)}">${name === '' ? kana : name}</a><br><span class="small soft">${kana}</span>`;
      },
    },
    numberColumn(personOf),
    { label: '生年月日', cell: (row) => personOf(row).birthText },
  ];
}

/** The columns of lists of records that are compared: name with the way to the record, number, birth date, state. */
export function recordColumns<Row>(personOf: (row: Row) => PersonSummary): Column<Row>[] {
  return [
    { label: '氏名', isRowHeader: true, cell: (row) => personLink(personOf(row).personId, personOf(row)) },
    numberColumn(personOf),
    { label: '生年月日', cell: (row) => birthDateText(personOf(row).bornOn, personOf(row).birthDatePrecision) },
    {
      label: '状態',
      cell: (row) => html`${residenceTag(personOf(row).state)}${personOf(row).isProtected && protectionTag}`,
    },
  ];
}

/** A person's name with the way to the person, and the reading; whom the register does not have is told so. */
export function personLink(personId: PersonId, person: Pick<PersonSummary, 'name' | 'kana'> | undefined): Html {
  const name = person === undefined ? '（住民記録なし）' : person.name === '' ? person.kana : person.name;
  return html`<a class="person-link" href="${personPath(personId)}">${name}</a><span class="person-kana">${person?.kana}</span>`;
}

function numberColumn<Row>(personOf: (row: Row) => Pick<ListedPerson, 'addresseeNumber'>): Column<Row> {
  return {
    label: '宛名番号',
    isNoWrap: true,
    cell: (row) => html`<span class="mono">${personOf(row).addresseeNumber}</span>`,
  };
}

import type { PersonId } from '#kernel';
import { type Column, html } from '#platform/pages';
import { personPath } from './paths.ts';

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
    {
      label: '宛名番号',
      isNoWrap: true,
      cell: (row) => html`<span class="mono">${personOf(row).addresseeNumber}</span>`,
    },
    { label: '生年月日', cell: (row) => personOf(row).birthText },
  ];
}

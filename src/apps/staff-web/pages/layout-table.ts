import type { WrittenColumn, WrittenLayout } from '#common-base/linkage';
import {
  button,
  disclosure,
  type Html,
  hiddenField,
  html,
  panel,
  postForm,
  selectField,
  table,
  textField,
} from '#platform/pages';
import { writeMore, writePairs } from '../read-layout-form.ts';
import { layoutsPath } from './paths.ts';

/** The beginning of a file that was tried, carried by the page so that each change is read on it again. */
export interface CarriedSample {
  readonly fileName: string;
  /** Its first lines in base64. */
  readonly bytes: string;
}

/** A layout as a table that is changed column by column. */
export interface LayoutTableView {
  readonly name: string;
  readonly written: WrittenLayout;
  readonly sample: CarriedSample | null;
  readonly csrfToken: string;
  /** Our items: key, and what staff calls it. */
  readonly items: readonly (readonly [key: string, label: string])[];
}

const typeNames: readonly (readonly [WrittenColumn['type'], string])[] = [
  ['skip', '読まない'],
  ['text', '文'],
  ['digits', '数字だけの番号'],
  ['day', '日付'],
  ['partialDay', '日付（月日が不詳のことも）'],
  ['code', 'コード'],
  ['integer', '整数'],
  ['decimal', '小数'],
  ['flag', '0か1'],
  ['lgCode', '団体コード'],
];

const help = html`<ul class="small"
  ><li>コード: 相手の値=こちらの値 を空白で区切ります。例　1=male 2=female</li
  ><li>日付: 書き方を先に試す順に。compact 20261003、slash 2026/10/3、iso 2026-10-03、wareki R8.10.3、eraDigits 5081003</li
  ><li>小数: 書かれていない小数点より下の桁数。体温 372 なら 1</li
  ><li>文・番号: いちばん長い文字数</li
></ul>`;

/** The table of a layout's columns with what holds for the whole file above it. */
export function layoutTable(view: LayoutTableView): Html {
  const { written, name } = view;
  const { columns, ...whole } = written;
  const body = html`${hiddenField('name', name)}${hiddenField('layoutRest', JSON.stringify(whole))}${sampleFields(view.sample)}${wholeFields(written)}${columnTable(view)}${disclosure('「くわしく」の書き方', help)}<div class="button-row"
    >${button('表のとおりに読み直す', { look: 'filled', icon: 'eye', name: 'action', value: 'table' })}${textField({ name: 'addCount', label: '足す列の数', isLabelHidden: true, value: '1', size: 'small', width: 3, inputMode: 'numeric' })}${button('列を足す', { icon: 'list', name: 'action', value: 'add', needsNoFields: true })}</div
  >`;
  return panel(
    { title: `列の表（${columns.length}列）`, icon: 'list', class: 'may-break' },
    postForm({ action: `${layoutsPath}/table`, csrfToken: view.csrfToken, class: 'stack', label: '列の表' }, body),
  );
}

/** The carried file as fields of a form. */
export function sampleFields(sample: CarriedSample | null): Html | null {
  if (sample === null) return null;
  return html`${hiddenField('sampleName', sample.fileName)}${hiddenField('sample', sample.bytes)}`;
}

function wholeFields(written: WrittenLayout): Html {
  const isFixed = written.columns.some(({ bytes }) => bytes !== undefined);
  const shape = isFixed ? 'fixed' : written.delimiter === '\t' ? 'tab' : 'comma';
  const types = written.recordTypes;
  return html`<div class="row">${textField({ name: 'title', label: '画面に出る名前', value: written.title, isRequired: true, size: 'small', width: 20 })}${selectField({ name: 'encodings', label: '文字コード', value: written.encodings.join(' '), size: 'small', choices: encodingChoices(written) })}${selectField(
    {
      name: 'shape',
      label: '区切り方',
      value: shape,
      size: 'small',
      choices: [
        { value: 'comma', label: 'カンマ' },
        { value: 'tab', label: 'タブ' },
        { value: 'fixed', label: '固定長（バイト数で切る）' },
      ],
    },
  )}${selectField({
    name: 'hasHeader',
    label: '1行目',
    value: written.hasHeader ? 'yes' : 'no',
    size: 'small',
    choices: [
      { value: 'yes', label: '列の名前' },
      { value: 'no', label: 'データ' },
    ],
  })}</div><div class="row"
    >${textField({ name: 'uniqueKey', label: '二度あってはいけない項目', value: (written.uniqueKey ?? []).join(' '), size: 'small', width: 20 })}${textField({ name: 'constants', label: 'どの行も同じ値', value: writePairs(written.constants ?? {}), size: 'small', width: 20, hint: '例　outcome=administered' })}</div
  ><div class="row"
    >${textField({ name: 'typeColumn', label: '記録の種類の列', value: types === undefined ? '' : String(types.column), size: 'small', width: 3, hint: '何列目か' })}${textField({ name: 'otherTypes', label: 'データでない種類', value: (types?.others ?? []).join(' '), size: 'small', width: 10, hint: '例　1 9（見出しと終わり）' })}${textField({ name: 'typeCount', label: '件数を書く記録', value: types?.count === undefined ? '' : `${types.count.type}=${types.count.column}`, size: 'small', width: 10, hint: '例　9=2（種類9の2列目）' })}</div>`;
}

function encodingChoices({ encodings }: WrittenLayout): { value: string; label: string }[] {
  const usual = [
    { value: 'utf-8 cp932', label: 'UTF-8 か シフトJIS' },
    { value: 'utf-8', label: 'UTF-8' },
    { value: 'cp932', label: 'シフトJIS（CP932）' },
    { value: 'cp932 utf-8', label: 'シフトJIS か UTF-8' },
  ];
  return usual.toSorted((a, b) => Number(b.value === encodings.join(' ')) - Number(a.value === encodings.join(' ')));
}

/** One cell that is written in; the column's heading says what. */
function field(name: string, i: number, label: string, value: string, width: 3 | 20 = 20): Html {
  return textField({
    name,
    id: `${name}-${i}`,
    label: `${i + 1}列目の${label}`,
    isLabelHidden: true,
    value,
    size: 'small',
    width,
  });
}

function columnTable(view: LayoutTableView): Html {
  const { columns } = view.written;
  const isFixed = columns.some(({ bytes }) => bytes !== undefined);
  return table<WrittenColumn>({
    caption: '列の並び',
    density: 'dense',
    rows: columns,
    columns: [
      {
        label: '列の名前',
        isRowHeader: true,
        cell: (column, i) =>
          html`${hiddenField('columnRest', restOf(column))}${field('columnName', i, '名前', column.name)}`,
      },
      ...(isFixed
        ? [
            {
              label: 'バイト',
              cell: (column: WrittenColumn, i: number) =>
                field('columnBytes', i, 'バイト数', String(column.bytes ?? 1), 3),
            },
          ]
        : []),
      {
        label: 'こちらの項目',
        cell: (column, i) =>
          selectField({
            name: 'columnKey',
            id: `columnKey-${i}`,
            label: `${i + 1}列目の項目`,
            isLabelHidden: true,
            value: column.key,
            size: 'small',
            choices: itemChoices(view, column.key, i),
          }),
      },
      {
        label: '読み方',
        cell: (column, i) =>
          selectField({
            name: 'columnType',
            id: `columnType-${i}`,
            label: `${i + 1}列目の読み方`,
            isLabelHidden: true,
            value: column.type,
            size: 'small',
            choices: typeNames.map(([value, label]) => ({ value, label })),
          }),
      },
      {
        label: '空の行',
        cell: (column, i) =>
          selectField({
            name: 'columnNeed',
            id: `columnNeed-${i}`,
            label: `${i + 1}列目が空の行`,
            isLabelHidden: true,
            value: column.required === true ? 'required' : column.optional === true ? 'optional' : 'plain',
            size: 'small',
            choices: [
              { value: 'plain', label: '空でもよい' },
              { value: 'required', label: '空なら断る' },
              { value: 'optional', label: '列がなくてもよい' },
            ],
          }),
      },
      { label: 'くわしく', cell: (column, i) => field('columnMore', i, 'くわしく', writeMore(column)) },
      {
        label: '並べかえ',
        isNoWrap: true,
        cell: (_, i) =>
          html`${i > 0 && button('上へ', { size: 'small', name: 'action', value: `up:${i}`, needsNoFields: true })} ${button('消す', { size: 'small', name: 'action', value: `remove:${i}`, needsNoFields: true })}`,
      },
    ],
  });
}

/** Every item by its name; a key that is none of a record's (a residents' file) stands as it is. */
function itemChoices({ items }: LayoutTableView, key: string, i: number): { value: string; label: string }[] {
  const known = items.map(([value, label]) => ({ value, label }));
  const unused = key.startsWith('unused') ? key : `unused${i + 1}`;
  const own = key === unused || items.some(([one]) => one === key) ? [] : [{ value: key, label: key }];
  return [{ value: unused, label: '（使わない）' }, ...own, ...known];
}

/** What of a column the table has no field for. */
function restOf(column: WrittenColumn): string {
  return JSON.stringify({ ...column, name: undefined, key: undefined, type: undefined });
}

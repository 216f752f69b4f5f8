import { type Day, formatIsoDay } from '#kernel';
import {
  button,
  buttonLink,
  buttonRow,
  type Choice,
  dataList,
  dayText,
  disclosure,
  emptyState,
  errorOf,
  errorSummary,
  type FormError,
  type Html,
  hiddenField,
  html,
  instantText,
  notice,
  pageHead,
  panel,
  postForm,
  radioGroup,
  statusTag,
  table,
  textArea,
  textField,
} from '#platform/pages';
import { findProductName, listProductsInUse, nameOfProgramme, nameOfStage, type RuleSet } from '#schedule';
import type { RecalledDose } from '../list-recalled.ts';
import type { ListedRecord, RecordRevision } from '../types.ts';
import { outcomeWords } from './chair-parts.ts';
import { recordPath, recordsPath } from './paths.ts';

const handedOver = '（自治体に引き渡し済み）';

/** Today's records of one's own institution, newest first. */
export function recordsPage(
  records: readonly ListedRecord[],
  recalled: readonly RecalledDose[],
  { rules, today }: { readonly rules: RuleSet; readonly today: Day },
): Html {
  const list = table<ListedRecord>({
    caption: '今日の記録',
    rows: records,
    whenEmpty: emptyState('今日の記録はまだありません', '予診票を読み取って記録すると、ここに並びます。'),
    columns: [
      { label: '時刻', cell: (row) => instantText(row.recordedAt), isNoWrap: true },
      {
        label: '氏名',
        isRowHeader: true,
        cell: (row) => html`<a href="${recordPath(row.recordId)}">${row.name ?? handedOver}</a>`,
      },
      { label: '予診票', cell: (row) => formWords(row, rules) },
      { label: '結果', cell: (row) => stateTag(row), isNoWrap: true },
      { label: 'ロット番号', cell: (row) => row.lotNumber, isNoWrap: true },
      { label: '自治体', cell: (row) => (row.isDelivered ? '届いた' : '送る前'), isNoWrap: true },
    ],
  });
  const given = records.filter((row) => row.kind === 'record' && row.outcome === 'administered').length;
  return html`${pageHead('今日の記録', { lead: html`${dayText(today)}。接種 ${given} 件、全部で ${records.length} 件。訂正と取消は今日のうちにできます。` })}
    ${recalled.length === 0 ? null : recalledPanel(recalled, rules)}
    ${panel({ title: '今日の記録', icon: 'list', isFlush: true }, list)}`;
}

/** Where the doses of recalled lots stand. */
const recalledAnchor = 'recalled';

/** Says on the first page that doses of recalled lots were given here; null where none were. */
export function recalledNotice(recalled: readonly RecalledDose[]): Html | null {
  if (recalled.length === 0) return null;
  return notice(
    'warning',
    `回収されたロットで接種した記録が ${recalled.length} 件あります`,
    html`<a href="${recordsPath}#${recalledAnchor}">記録を見る</a>`,
  );
}

function recalledPanel(recalled: readonly RecalledDose[], rules: RuleSet): Html {
  const list = table<RecalledDose>({
    caption: '回収されたロットで接種した記録',
    rows: recalled,
    columns: [
      { label: '接種日', cell: (row) => dayText(row.vaccinatedOn), isNoWrap: true },
      {
        label: '氏名',
        isRowHeader: true,
        cell: (row) => html`<a href="${recordPath(row.recordId)}">${row.name ?? handedOver}</a>`,
      },
      { label: 'ワクチン', cell: (row) => findProductName(rules, row.product ?? '') ?? row.product },
      { label: 'ロット番号', cell: (row) => row.lotNumber, isNoWrap: true },
      { label: '回収', cell: (row) => html`${dayText(row.recalledOn)}から（${row.reason}）` },
    ],
  });
  const foot = '自治体の予防接種担当の知らせに従い、接種を受けた人への連絡を相談してください。';
  return panel(
    { title: '回収されたロットで接種した記録', icon: 'alert', isFlush: true, id: recalledAnchor, foot },
    list,
  );
}

/** One record, and on its day the ways to correct or withdraw it. */
export function recordPage(
  record: RecordRevision,
  given: {
    /** Null once the office took the person back. */
    readonly name: string | null;
    readonly rules: RuleSet;
    readonly today: Day;
    readonly csrfToken: string;
    readonly errors: readonly FormError[];
    /** The correction as it was typed, where it could not be taken; null before one. */
    readonly typed: CorrectionFields | null;
    readonly isNew: boolean;
  },
): Html {
  const { rules, today } = given;
  const isOpen = record.kind === 'record' && record.vaccinatedOn === today;
  const items = dataList([
    ['氏名', html`<b>${given.name ?? handedOver}</b>`],
    ['結果', stateTag(record)],
    ['予診票', formWords(record, rules)],
    ['接種日', dayText(record.vaccinatedOn)],
    ['ワクチン', record.product === null ? null : (findProductName(rules, record.product) ?? record.product)],
    ['ロット番号', record.lotNumber],
    ['有効期限', record.expiresOn === null ? null : dayText(record.expiresOn)],
    ['接種量', record.doseVolumeMl === null ? null : `${Number(record.doseVolumeMl)} mL`],
    ['医師', record.physician],
    ['体温', record.bodyTemperature === null ? null : `${record.bodyTemperature} 度`],
    ['理由', record.reason],
    ['記録', html`${instantText(record.recordedAt)} ${record.staffName}（${record.revision}版）`],
  ]);
  return html`${pageHead('接種の記録', { actions: html`${buttonLink('次の予診票を読み取る', '/', { look: 'filled', icon: 'arrowRight' })}${buttonLink('今日の記録', recordsPath)}` })}
    ${given.isNew ? notice('success', '記録しました', '自治体に送ります。予診票の紙は、これまでどおり保管してください。') : null}
    ${record.isAgainstAdvice ? notice('warning', '確認で「不可」だった接種です', '間違い接種のおそれがあります。自治体に電話でも知らせてください。') : null}
    ${errorSummary(given.errors)}
    ${panel({ title: '内容', icon: 'file' }, items)}
    ${isOpen ? disclosure('訂正する（今日のうち）', correctionForm(record, given), given.errors.length > 0) : null}
    ${isOpen ? disclosure('取り消す（今日のうち）', withdrawalForm(record, given.csrfToken)) : null}
    ${record.vaccinatedOn === today ? null : notice('info', '訂正と取消は記録した当日だけできます', '誤りに気づいたときは、自治体の予防接種担当に電話で知らせてください。')}`;
}

/** The fields of a correction, as text. */
export type CorrectionFields = Readonly<Record<(typeof correctionFields)[number], string>>;

/** The names of the fields of a correction. */
export const correctionFields = [
  'outcome',
  'product',
  'lotNumber',
  'expiresOn',
  'doseVolumeMl',
  'bodyTemperature',
  'physician',
  'reason',
] as const;

function fieldsOf(record: RecordRevision): CorrectionFields {
  return {
    outcome: record.outcome,
    product: record.product ?? '',
    lotNumber: record.lotNumber ?? '',
    expiresOn: record.expiresOn === null ? '' : formatIsoDay(record.expiresOn),
    doseVolumeMl: record.doseVolumeMl === null ? '' : String(Number(record.doseVolumeMl)),
    bodyTemperature: record.bodyTemperature ?? '',
    physician: record.physician ?? '',
    reason: '',
  };
}

function correctionForm(
  record: RecordRevision,
  { rules, today, csrfToken, errors, typed }: Parameters<typeof recordPage>[1],
): Html {
  const fields = typed ?? fieldsOf(record);
  const outcomes = Object.entries(outcomeWords).map(([value, label]): Choice => ({ value, label }));
  const products = listProductsInUse(rules, record.programme, today);
  return postForm(
    { action: `${recordPath(record.recordId)}/correct`, csrfToken, label: '訂正', class: 'stack keeps-nothing' },
    html`${hiddenField('revision', record.revision)}
      ${radioGroup({ name: 'outcome', label: '結果', choices: outcomes, value: fields.outcome, isRequired: true, error: errorOf(errors, 'outcome') })}
      ${radioGroup({ name: 'product', label: 'ワクチン（接種したとき）', choices: products.map((product) => ({ value: product, label: findProductName(rules, product) ?? product })), value: fields.product, error: errorOf(errors, 'product') })}
      <div class="chair-row">
      ${textField({ name: 'lotNumber', label: 'ロット番号', value: fields.lotNumber, width: 20, maxLength: 20, error: errorOf(errors, 'lotNumber') })}
      ${textField({ name: 'expiresOn', label: '有効期限', value: fields.expiresOn, width: 10, error: errorOf(errors, 'expiresOn') })}
      ${textField({ name: 'doseVolumeMl', label: '接種量（mL）', value: fields.doseVolumeMl, width: 5, error: errorOf(errors, 'doseVolumeMl') })}
      ${textField({ name: 'bodyTemperature', label: '体温（度）', value: fields.bodyTemperature, width: 5, error: errorOf(errors, 'bodyTemperature') })}
      ${textField({ name: 'physician', label: '医師', value: fields.physician, width: 20, isRequired: true, error: errorOf(errors, 'physician') })}
      </div>
      ${textArea({ name: 'reason', label: '訂正の理由', value: fields.reason, isRequired: true, error: errorOf(errors, 'reason') })}
      ${buttonRow(button('訂正する', { look: 'filled' }))}`,
  );
}

function withdrawalForm(record: RecordRevision, csrfToken: string): Html {
  return postForm(
    { action: `${recordPath(record.recordId)}/withdraw`, csrfToken, label: '取消', class: 'stack keeps-nothing' },
    html`${hiddenField('revision', record.revision)}
      ${textArea({ name: 'reason', label: '取消の理由', isRequired: true, id: 'withdrawal-reason', hint: '例 別の人の予診票で記録した' })}
      ${buttonRow(button('記録を取り消す', { look: 'danger' }))}`,
  );
}

function formWords(record: RecordRevision, rules: RuleSet): string {
  const dose = record.doseNumber === null ? '' : `${record.doseNumber}回目`;
  return `${nameOfProgramme(rules, record.programme)} ${nameOfStage(rules, record.programme, record.stage)} ${dose}`;
}

function stateTag(record: RecordRevision): Html {
  if (record.kind === 'withdrawal') return statusTag('取り消した', 'neutral');
  if (record.isAgainstAdvice) return statusTag('間違い接種の疑い', 'warning');
  return statusTag(outcomeWords[record.outcome], record.outcome === 'administered' ? 'success' : 'info');
}

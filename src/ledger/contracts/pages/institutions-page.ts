import type { Finding } from '#kernel';
import {
  button,
  buttonLink,
  dayText,
  emptyState,
  filterForm,
  type Html,
  html,
  pageHead,
  panel,
  statusTag,
  table,
  textField,
} from '#platform/pages';
import type { Contract, InstitutionSummary } from '../types.ts';
import { institutionPath, institutionsPath, newInstitutionPath } from './paths.ts';

/** The institutions of the municipality with their contract periods, narrowed by name or code. */
export function institutionsPage(view: {
  text: string;
  institutions: readonly InstitutionSummary[];
  next: string | null;
  mayUpdate: boolean;
  /** Where a file of institutions is sent. */
  importsPath: string;
  programmeName: (programme: string) => string;
  explain: (finding: Finding) => string;
}): Html {
  const { text, next, importsPath } = view;
  const look = filterForm(
    { action: institutionsPath, label: '医療機関をさがす', isSearch: true },
    html`${textField({ name: 'text', label: '名前の一部、またはコードの先頭', value: text, width: 20, size: 'small' })}${button('さがす', { icon: 'search', size: 'small' })}`,
  );
  const more =
    next !== null &&
    buttonLink('次のページ', `${institutionsPath}?${new URLSearchParams({ text, after: next }).toString()}`, {
      size: 'small',
      icon: 'arrowRight',
    });
  const whenEmpty =
    text === ''
      ? emptyState(
          '医療機関はまだ登録されていません',
          html`<p><a href="${importsPath}">他課からの取込</a>で、契約医療機関のファイルを取り込むか、上の「医療機関を登録する」で一つずつ登録します。</p>`,
        )
      : emptyState('当てはまる医療機関はありません', html`<p>言葉を短くして、もう一度さがしてください。</p>`, 'search');
  return html`${pageHead('医療機関', { lead: '定期接種を委託している医療機関と、契約の期間・範囲です。', actions: view.mayUpdate && buttonLink('医療機関を登録する', newInstitutionPath, { size: 'small', icon: 'file' }) })}${look}${panel(
    { title: '契約医療機関', icon: 'list', isFlush: true, foot: more },
    table<InstitutionSummary>({
      caption: '契約医療機関',
      density: 'dense',
      rows: view.institutions,
      whenEmpty,
      columns: [
        { label: 'コード', isNoWrap: true, cell: (one) => html`<span class="mono">${one.institutionCode}</span>` },
        {
          label: '名前',
          isRowHeader: true,
          cell: (one) => html`<a href="${institutionPath(one.institutionCode)}">${one.name}</a>`,
        },
        { label: '所在地', cell: (one) => one.address },
        { label: '電話', isNoWrap: true, cell: (one) => one.phone },
        {
          label: '契約の期間と範囲',
          cell: (one) => html`<ul>${one.contracts.map((contract) => contractLine(contract, view.programmeName))}</ul>`,
        },
        { label: '今日', isNoWrap: true, cell: (one) => contractTag(one) },
        {
          label: '気をつけること',
          cell: (one) =>
            one.findings.length > 0 &&
            html`<ul>${one.findings.map((each) => html`<li>${view.explain(each)}</li>`)}</ul>`,
        },
      ],
    }),
  )}`;
}

function contractLine({ from, to, programmes }: Contract, nameOf: (programme: string) => string): Html {
  const first = from === null ? '' : dayText(from, { isShort: true });
  const last = to === null ? '' : dayText(to, { isShort: true });
  const scope = programmes !== null && html`<br><span class="small soft">${programmes.map(nameOf).join('、')}</span>`;
  return html`<li><span class="nowrap">${first}～</span><span class="nowrap">${last}</span>${scope}</li>`;
}

function contractTag(one: InstitutionSummary): Html {
  return one.isUnderContract ? statusTag('契約中', 'success', 'check') : statusTag('契約の外', 'neutral', 'dash');
}

import type { Day } from '#kernel';
import {
  button,
  dayField,
  dayText,
  emptyState,
  filterForm,
  formatDay,
  type Html,
  html,
  pageHead,
  panel,
  statusTag,
  table,
} from '#platform/pages';
import { isProvisionInForce, type ProvisionBasis, provisionDoors } from '../provisions/parse-provisions.ts';
import { provisionsPath } from './paths.ts';

/** 提供先 × 目的 × 根拠 as an auditor reads it: what holds on a day, and what did or will on others. */
export function provisionsPage(view: {
  readonly rows: readonly ProvisionBasis[];
  readonly on: Day;
  /** The day as it was typed, and what is wrong with it: then today's table stands below. */
  readonly onText: string;
  readonly error: string | null;
  readonly isOwnTable: boolean;
}): Html {
  const inForce = view.rows.filter((row) => isProvisionInForce(row, view.on));
  const others = view.rows.filter((row) => !isProvisionInForce(row, view.on));
  const lead = `だれに、何のために、どの根拠で渡してよいかの表です。この表にない提供は、システムが断ります。${
    view.isOwnTable ? '設定 provisions.csv のとおりです。' : '国の表のとおりです（設定 provisions.csv で限れます）。'
  }`;
  return html`${pageHead('提供の根拠', { lead })}
    ${filterForm({ action: provisionsPath, label: '時点' }, html`${dayField({ name: 'on', label: '時点', value: view.onText, error: view.error, width: 10 })}${button('この日の表を見る')}`)}
    ${panel({ title: `${formatDay(view.on)}の表`, icon: 'list', isFlush: true }, basisTable('この日の表', inForce))}
    ${panel({ title: 'ほかの時期の行', icon: 'history', isFlush: true }, basisTable('ほかの時期の行', others))}`;
}

function basisTable(caption: string, rows: readonly ProvisionBasis[]): Html {
  return table<ProvisionBasis>({
    caption,
    density: 'dense',
    rows,
    whenEmpty: emptyState('行はありません'),
    columns: [
      {
        label: '提供先と方法',
        isRowHeader: true,
        cell: ({ recipientName, door }) =>
          html`${recipientName}<br><span class="small soft">${provisionDoors[door]}</span>`,
      },
      {
        label: '目的と情報',
        cell: ({ purpose, information }) => html`${purpose}<br><span class="small soft">${information}</span>`,
      },
      {
        label: '根拠',
        cell: ({ law, table: item, formerTable }) =>
          html`${law}${item !== '' && html`<br>${item}`}${formerTable !== '' && html`<br><span class="small soft">旧 ${formerTable}</span>`}`,
      },
      {
        label: '個人番号',
        isNoWrap: true,
        cell: ({ withNumbers }) => (withNumbers ? statusTag('ともなう', 'warning') : 'ともなわない'),
      },
      {
        label: '期間',
        cell: ({ validFrom, validTo }) =>
          html`${dayText(validFrom, { isShort: true })}から${validTo !== null && html`<br>${dayText(validTo, { isShort: true })}まで`}`,
      },
      {
        label: '確かさと番号',
        cell: ({ certainty, source, id }) =>
          html`${certaintyWord(certainty)}<br><span class="small soft">${source}</span><br><code>${id}</code>`,
      },
    ],
  });
}

/** How sure a row is, in words; the codes are those of rules/README.md. */
function certaintyWord(certainty: string): string {
  if (certainty === 'own') return '団体の設定';
  if (certainty === 'D') return '評価書から';
  return certainty.startsWith('M') ? '要確認（記憶による）' : '原文で確認';
}

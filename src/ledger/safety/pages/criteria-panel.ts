import type { Day } from '#kernel';
import { dataList, formatDay, type Html, html, type NoticeKind, notice, panel, table } from '#platform/pages';
import { type ReportableReaction, reactionPeriodWords } from '#schedule';
import { lastDayWithin, type ReactionDuty, type ReactionVerdict } from '../decide-reaction.ts';

interface Words {
  readonly kind: NoticeKind;
  readonly title: string;
  readonly whatToDo: string;
}

const words: Readonly<Record<ReactionDuty, Words>> = {
  reportable: {
    kind: 'warning',
    title: '報告基準にあてはまります',
    whatToDo:
      '診断した医師が、因果関係にかかわらず報告しなければなりません。報告が出ているかを医療機関に確かめてください。',
  },
  afterPeriod: {
    kind: 'info',
    title: '報告基準の期間を過ぎています',
    whatToDo:
      '予防接種との関連性が高いと医師が認めるときは「その他の反応」として報告の対象です。医師に確かめてください。',
  },
  needsTime: {
    kind: 'warning',
    title: '報告基準にあてはまるかは、時刻で決まります',
    whatToDo: '接種の時刻と、症状が出た時刻を医療機関に聞き、報告書の項目に書いてください。',
  },
  byPhysician: {
    kind: 'info',
    title: '医師が関連性が高いと認めれば、報告の対象です',
    whatToDo: '日数の決まりはありません。診断した医師に確かめてください。',
  },
  unread: {
    kind: 'warning',
    title: '報告基準の期間を、まだ原文で確かめていません',
    whatToDo: '施行規則第5条の表か、厚生労働省の報告書の報告基準を見て確かめてください。',
  },
  notListed: {
    kind: 'info',
    title: 'この予防接種の報告基準に、この症状はありません',
    whatToDo:
      '入院、死亡、障害またはそのおそれがあり、関連性が高いと医師が認めるときは「その他の反応」として報告の対象です。医師に確かめてください。',
  },
  beforeDose: {
    kind: 'error',
    title: '症状が、接種より前に出たことになっています',
    whatToDo: '症状の日時か、接種の記録の日を確かめて直してください。',
  },
  voluntary: {
    kind: 'info',
    title: '任意接種の記録です',
    whatToDo: '予防接種法の報告ではなく、医薬品医療機器等法の報告として、医療機関が必要と認めたときに報告します。',
  },
};

/** Whether a reported symptom falls under the law's list, with the period and where that stands. */
export function verdictNotice(verdict: ReactionVerdict, vaccinatedOn: Day): Html {
  const { kind, title, whatToDo } = words[verdict.duty];
  const { row } = verdict;
  const of =
    row !== null &&
    dataList([
      ['症状', row.name],
      ['期間', spanText(row, vaccinatedOn)],
      ['根拠', row.basis],
      isFromMemory(row) && ['確かさ', 'まだ原文と照らしていない行です'],
    ]);
  return notice(kind, title, html`<p>${whatToDo}</p>${of}`);
}

/** The law's list for a dose, so that the clerk sees it before anything is written. */
export function criteriaPanel(rows: readonly ReportableReaction[], vaccinatedOn: Day): Html | null {
  if (rows.length === 0) return null;
  return panel(
    { title: 'この接種の報告基準', icon: 'list', isFlush: true, class: 'no-print' },
    table<ReportableReaction>({
      caption: 'この接種の報告基準',
      density: 'dense',
      rows,
      columns: [
        { label: '症状', isRowHeader: true, cell: ({ name }) => name },
        { label: '接種からの期間', cell: (row) => spanText(row, vaccinatedOn) },
        { label: '根拠', cell: (row) => html`${row.basis}${isFromMemory(row) && '（原文と照らす前）'}` },
      ],
    }),
  );
}

/** The period of a row, with the day on which it ends for this dose. */
export function spanText(row: ReportableReaction, vaccinatedOn: Day): string {
  const last = lastDayWithin(row.within, vaccinatedOn);
  const text = reactionPeriodWords(row.withinText);
  return last === null ? text : `${text}（${formatDay(last)}まで）`;
}

function isFromMemory(row: ReportableReaction): boolean {
  return row.certainty.startsWith('M');
}

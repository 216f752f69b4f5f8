import type { Day, EntryId, PersonId } from '#kernel';
import type { Sheet } from './report-sheet.ts';

/** Kind of a report. */
export type ReportKind = 'adverseReaction' | 'vaccinationError';

/**
 * The kinds with the words of their forms. The categories of errors are those that are reported to the prefecture; the
 * outcomes of a reaction are those of the official sheet.
 */
export const reportKinds = {
  adverseReaction: {
    name: '副反応疑い報告',
    occurred: '症状が出た日',
    category: '症状',
    description: '経過',
    outcome: '転帰',
    basis: '予防接種法第12条、施行規則第5条',
    /** Beside the symptoms of the law (`rules/reportable-reactions.csv`); the second is of reports from before. */
    categories: { outsideCriteria: '報告基準にない症状', localSwelling: '肘を超える局所の異常腫脹' },
    outcomes: {
      recovered: '回復',
      remitting: '軽快',
      notRecovered: '未回復',
      sequelae: '後遺症',
      died: '死亡',
      unknown: '不明',
    },
  },
  vaccinationError: {
    name: '間違い接種報告',
    occurred: 'わかった日',
    category: '間違いの種類',
    description: '内容と経過',
    outcome: '健康への影響',
    basis: '定期接種実施要領（間違いの報告）',
    categories: {
      wrongInterval: '接種間隔の誤り',
      unneeded: '不必要な接種（回数・対象外）',
      wrongVaccine: 'ワクチンの種類の誤り',
      wrongPerson: '対象者の誤り',
      wrongDose: '接種量の誤り',
      wrongRoute: '接種部位・投与方法の誤り',
      expired: '期限切れのワクチンの使用',
      reusedSyringe: '接種器具の適切でない取扱い',
      otherError: 'その他の誤り',
    },
    outcomes: { none: 'なし', some: 'あり', unknown: '経過を見ている' },
  },
} as const satisfies Readonly<
  Record<
    ReportKind,
    {
      readonly name: string;
      readonly occurred: string;
      readonly category: string;
      readonly description: string;
      readonly outcome: string;
      readonly basis: string;
      readonly categories: Readonly<Record<string, string>>;
      readonly outcomes: Readonly<Record<string, string>>;
    }
  >
>;

/** What a report tells. */
export interface ReportTold {
  readonly kind: ReportKind;
  readonly personId: PersonId;
  readonly entryId: EntryId;
  readonly category: string;
  readonly occurredOn: Day;
  readonly description: string;
  readonly outcome: string;
  readonly reportedBy: string;
  readonly reportedOn: Day;
  readonly measures: string | null;
  /** What the official sheet asks beside; empty for errors. */
  readonly sheet: Sheet;
  readonly submittedOn: Day | null;
  readonly submittedTo: string | null;
  readonly isWithdrawn: boolean;
}

/** A report as it holds. */
export interface SafetyReport extends ReportTold {
  readonly reportId: number;
  readonly versionId: number;
  readonly reason: string | null;
  readonly recordedAt: Date;
  readonly recordedByName: string;
}

/** A file that holds doses of a lot which are not in the ledger yet, with where they are looked at. */
export interface WaitingDoses {
  readonly fileName: string;
  readonly href: string;
  readonly rows: number;
  /** There are more than `rows`. */
  readonly isMore: boolean;
}

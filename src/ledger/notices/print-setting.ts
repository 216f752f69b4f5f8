import type { Actor } from '#common-base/access';
import type { Day } from '#kernel';
import type { IssueReason } from '#ledger/forms';
import type { FormLayout } from './layout-types.ts';
import type { NoticeLibrary } from './library.ts';
import type { StageKey } from './load-people.ts';
import type { PrintJobHead } from './print-store.ts';

/** What all parts of a print job are printed with. */
export interface PrintSetting {
  readonly library: NoticeLibrary;
  readonly actor: Actor;
  readonly layout: FormLayout;
  /** The stage whose dose the papers are about; the layout may serve any. */
  readonly key: StageKey;
  readonly inputs: Readonly<Record<string, string>>;
  readonly municipalityName: string;
  readonly job: Pick<PrintJobHead, 'printJobId' | 'issuedOn' | 'title'>;
  readonly dueBy: Day;
  readonly issueReason: IssueReason;
  readonly remark: string | null;
}

import { type Finding, finding } from '#kernel';
import { couponNumberOf, formKeyOf } from '#ledger/vaccinations';

type Fields = Readonly<Record<string, string | null>>;

/** The fields whose number is one person's: a printed form, a 接種券. */
export const ownNumberFields = ['formNumber', 'couponNumber'] as const;

/** The rows of a file in which one number of paper stands more than once, by kind and number. */
export type SharedNumbers = ReadonlyMap<string, readonly number[]>;

interface PaperKeys {
  readonly form: string | undefined;
  readonly coupon: string | undefined;
}

/** What the numbers of a row's paper are known by; undefined where it tells none. */
function paperKeysOf(fields: Fields): PaperKeys {
  const [form, coupon] = [fields['formNumber'], couponNumberOf(fields['couponNumber'] ?? null)];
  return {
    form: form ? `form ${formKeyOf(form)}` : undefined,
    coupon: coupon === undefined ? undefined : `coupon ${coupon}`,
  };
}

/** Collects the numbers of a file row by row, to find those that stand in more than one of them. */
export class NumbersOfFile {
  readonly shared = new Map<string, number[]>();
  private readonly first = new Map<string, number>();

  /** Notes what a row tells. */
  add(ordinal: number, fields: Fields): void {
    if (!fields['formNumber'] && !fields['couponNumber']) return;
    const { form, coupon } = paperKeysOf(fields);
    for (const key of [form, coupon]) if (key !== undefined) this.note(key, ordinal);
  }

  private note(key: string, ordinal: number): void {
    const first = this.first.get(key);
    const known = this.shared.get(key);
    if (first === undefined) this.first.set(key, ordinal);
    else if (known === undefined) this.shared.set(key, [first, ordinal]);
    // A sender may write the same number into every row of a large file.
    else known.push(ordinal);
  }
}

/** A row whose numbers are held against the other rows of its file. */
export interface SharingRow {
  readonly fields: Fields;
  /** The rows of the same person, this one among them. */
  readonly own: ReadonlySet<number>;
  /** Whether the register or the ledger says already whose the form, and the 接種券, is: then they speak. */
  readonly isFormKnown: boolean;
  readonly isCouponKnown: boolean;
}

/**
 * A form, or a 接種券, of which nobody knows whose it is and which two people of one file were given with: one of the two is
 * misread or mixed up, and neither row is right before somebody looked at the paper.
 */
export function decideSharedNumbers(shared: SharedNumbers, row: SharingRow): Finding[] {
  if (shared.size === 0) return [];
  const { form, coupon } = paperKeysOf(row.fields);
  const otherOf = (key: string | undefined): number | undefined =>
    key === undefined ? undefined : shared.get(key)?.find((ordinal) => !row.own.has(ordinal));
  const findings: Finding[] = [];
  const [otherForm, otherCoupon] = [otherOf(form), otherOf(coupon)];
  if (!row.isFormKnown && otherForm !== undefined) {
    findings.push(finding('formSharedInFile', 'question', 'formNumber', { row: otherForm }));
  }
  if (!row.isCouponKnown && otherCoupon !== undefined) {
    findings.push(finding('couponSharedInFile', 'question', 'couponNumber', { row: otherCoupon }));
  }
  return findings;
}

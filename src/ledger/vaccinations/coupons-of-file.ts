import { type FeedRow, type FeedSource, type Layout, readFeed } from '#common-base/linkage';
import { couponNumberOf } from './decide-coupon.ts';

/** Somebody with whose number a 券番号 stands in a file, and the first such row. */
export interface CouponBearer {
  readonly addresseeNumber: string;
  readonly ordinal: number;
}

/** The 券番号 (ten digits) that stand with more than one 宛名番号 in a file, with who bears them. */
export type SharedCoupons = ReadonlyMap<string, readonly CouponBearer[]>;

const rowsPerChunk = 4000;
/** A sender may write one number into every row: more bearers than these say nothing new. */
const bearersMax = 20;

/**
 * Reads a whole file once: what makes it unreadable, how many rows it has, and, where its layout tells 券番号, which of
 * them two people bear; the file is read a second time only where there are such. About 60 bytes for each number.
 */
export async function readCouponsOfFile(
  source: FeedSource,
  layout: Layout,
): Promise<{ readonly rows: number; readonly shared: SharedCoupons }> {
  const tellsCoupons = layout.columns.some(({ key }) => key === 'couponNumber');
  const onlyKeys = tellsCoupons ? ['addresseeNumber', 'couponNumber'] : [];
  const first: Bearers = Array.from({ length: parts }, () => new Map());
  const shared = new Map<string, CouponBearer[]>();
  let rows = 0;
  for await (const chunk of readFeed(source, layout, { rowsPerChunk, onlyKeys })) {
    rows += chunk.length;
    if (tellsCoupons) for (const row of chunk) noteFirst(first, shared, row);
  }
  if (shared.size === 0) return { rows, shared };
  for await (const chunk of readFeed(source, layout, { rowsPerChunk, onlyKeys })) {
    for (const row of chunk) noteBearer(shared, row);
  }
  return { rows, shared };
}

/** Whose each number was first; in parts, since one map holds no more than 16 million. */
type Bearers = readonly Map<number, number | string>[];
const parts = 16;

/** Notes whose each number was first, as numbers: a text taken out of a piece of the file would keep the whole piece. */
function noteFirst(first: Bearers, shared: Map<string, CouponBearer[]>, { fields }: FeedRow): void {
  const coupon = couponNumberOf(fields['couponNumber'] ?? null);
  const addressee = fields['addresseeNumber'] ?? '';
  if (coupon === undefined || addressee === '') return;
  const bearer = /^\d{1,15}$/u.test(addressee) ? Number(addressee) : Buffer.from(addressee).toString();
  const part = first[Number(coupon) % parts];
  const known = part?.get(Number(coupon));
  if (known === undefined) part?.set(Number(coupon), bearer);
  else if (known !== bearer) shared.set(Buffer.from(coupon).toString(), []);
}

function noteBearer(shared: Map<string, CouponBearer[]>, { ordinal, fields }: FeedRow): void {
  const bearers = shared.get(couponNumberOf(fields['couponNumber'] ?? null) ?? '');
  const addresseeNumber = fields['addresseeNumber'] ?? '';
  if (bearers === undefined || addresseeNumber === '' || bearers.length === bearersMax) return;
  if (bearers.some((each) => each.addresseeNumber === addresseeNumber)) return;
  bearers.push({ addresseeNumber: Buffer.from(addresseeNumber).toString(), ordinal });
}

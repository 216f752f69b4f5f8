import type { Day } from '#kernel';
import { dayText, emptyState, type Html, html, instantText, pageHead, panel, statusTag, table } from '#platform/pages';
import type { LinkedSystem } from '../linked-systems.ts';
import type { LinkedSystemKey } from '../system-key-store.ts';

/** 宛名を照会するシステム. */
export const linkedSystemsPath = '/linked-systems';

/** Which systems may ask whose record they mean, for what, and by which keys they are known. */
export function linkedSystemsPage(view: {
  readonly systems: readonly LinkedSystem[];
  readonly keys: readonly LinkedSystemKey[];
  readonly today: Day;
}): Html {
  return html`${pageHead('宛名を照会するシステム', {
    lead: '宛名情報を照会してよいシステムと事務です（設定 linked-systems.csv）。表にないもの、期間の外のもの、鍵のないものには答えません。',
  })}${panel(
    { title: '許可の一覧', icon: 'list', isFlush: true },
    table<LinkedSystem>({
      caption: '許可の一覧',
      density: 'dense',
      rows: view.systems,
      whenEmpty: emptyState('照会してよいシステムはありません'),
      columns: [
        {
          label: 'システム',
          isRowHeader: true,
          cell: (each) => each.name,
        },
        { label: '事務', cell: (each) => each.officeWorkName },
        {
          label: '番号',
          cell: (each) => (each.mayUseNumbers ? statusTag('使える', 'warning') : statusTag('使えない', 'neutral')),
        },
        { label: '根拠', cell: (each) => each.basis },
        {
          label: '期間',
          cell: (each) =>
            html`${dayText(each.validFrom, { isShort: true })} から ${each.validTo === null ? '' : dayText(each.validTo, { isShort: true })}`,
        },
        { label: 'いま', cell: (each) => stateOf(each, view) },
      ],
    }),
  )}${panel(
    { title: '信じる鍵', icon: 'lock', isFlush: true },
    table<LinkedSystemKey>({
      caption: '信じる鍵',
      density: 'dense',
      rows: view.keys,
      whenEmpty: emptyState('鍵はまだありません', '運用者が「sesshu systems connect」で登録します。'),
      columns: [
        { label: '鍵の番号', isRowHeader: true, cell: (each) => html`<span class="mono">${shown(each.keyId)}</span>` },
        { label: 'システム', cell: (each) => nameOf(each.system, view.systems) },
        { label: '登録', cell: (each) => html`${instantText(each.addedAt)}<br>${each.addedByName}` },
        {
          label: '状態',
          cell: (each) =>
            each.removedAt === null
              ? statusTag('有効', 'success')
              : html`${statusTag('廃止', 'neutral')} ${instantText(each.removedAt)}`,
        },
        {
          label: '最後の呼び出し',
          cell: (each) => (each.calledAt === null ? 'まだありません' : instantText(each.calledAt)),
        },
      ],
    }),
  )}`;
}

function stateOf(
  each: LinkedSystem,
  { keys, today }: { readonly keys: readonly LinkedSystemKey[]; readonly today: Day },
): Html {
  const isInForce = each.validFrom <= today && (each.validTo === null || today <= each.validTo);
  if (!isInForce) return statusTag('期間の外', 'neutral');
  const isKnown = keys.some(({ system, removedAt }) => system === each.system && removedAt === null);
  return isKnown ? statusTag('照会できる', 'success') : statusTag('鍵がない', 'warning');
}

/** A key of a system that left the list is shown by the name that its calls bore. */
function nameOf(system: string, systems: readonly LinkedSystem[]): string {
  return systems.find((each) => each.system === system)?.name ?? system;
}

/** In groups: in one piece some would look like numbers of another kind. */
function shown(keyId: string): string {
  return [keyId.slice(0, 8), keyId.slice(8)].join(' ');
}

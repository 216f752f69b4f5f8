import { buttonLink, dataList, type Html, html, notice, pageHead, panel } from '#platform/pages';
import type { ProtectedPlace } from '../get-person.ts';
import { formatPostalCode } from './person-panels.ts';

/** The place of a protected person, after it was asked for with permission and reason. */
export function protectedPlacePage(view: {
  place: ProtectedPlace;
  name: string;
  reason: string;
  backHref: string;
}): Html {
  const { place } = view;
  const mailing =
    place.mailing === null
      ? null
      : `〒${formatPostalCode(place.mailing.postalCode)} ${place.mailing.address} ${place.mailing.building ?? ''} ${place.mailing.recipientName}`;
  return html`${pageHead('支援措置の対象者の住所', { lead: view.name })}${notice(
    'error',
    '見たことは記録されました。だれにも伝えないでください',
    `処理事由「${view.reason}」。用が済んだら、すぐにこの画面を閉じてください。`,
  )}${panel(
    { title: '住所', icon: 'lock' },
    dataList([
      ['郵便番号', place.postalCode === null ? null : formatPostalCode(place.postalCode)],
      ['住所', place.address],
      ['方書', place.building],
      ['電話', place.phone],
      ['送り先', mailing],
      ['転入前の住所', place.previousAddress],
      ['転出先', place.nextAddress],
    ]),
  )}${buttonLink('この人の画面にもどる', view.backHref, { icon: 'arrowLeft' })}`;
}

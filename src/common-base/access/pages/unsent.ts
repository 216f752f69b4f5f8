import { type Html, hiddenField, notice } from '#platform/pages';
import type { VisitorContext } from '../staff-route.ts';

/** Whether a form led here that did not arrive: it is not sent twice, and who sent it must know. */
export function isAfterUnsentForm({ body, query }: Pick<VisitorContext, 'body' | 'query'>): boolean {
  return (body.find('unsent') ?? query.find('unsent')) === 'yes';
}

/** Carries on that a form was lost, where the page is asked again. */
export function unsentField(isUnsent: boolean): Html | null {
  return isUnsent ? hiddenField('unsent', 'yes') : null;
}

/** Tells that the sent form was lost and how (`…ので、`) it is sent again; nothing where no form was sent. */
export function unsentNotice(isUnsent: boolean, title: string, how: string): Html | null {
  return isUnsent
    ? notice('warning', title, `いま送った内容は届いていません。${how}、もう一度入力してください。`)
    : null;
}

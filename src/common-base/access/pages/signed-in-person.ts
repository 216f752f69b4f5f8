import type { SignedIn } from '#platform/pages';
import { roleNames } from '../permission-table.ts';
import type { Frame } from '../staff-route.ts';

/** Who is signed in, as the head of every page shows it, with the way out and the lock of the screen. */
export function signedInPerson({ actor, session }: Frame, csrfToken: string): SignedIn {
  return {
    name: actor?.staffName ?? '',
    duties: (actor?.roles ?? []).map((role) => roleNames[role]).join('・'),
    signOutAction: '/sign-out',
    csrfToken,
    ...(session === null ? {} : { lock: { action: '/lock', afterMinutes: session.lockMinutes } }),
    links: [{ label: '自分のアカウント', href: '/account' }],
  };
}

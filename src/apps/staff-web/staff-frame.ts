import { headSearch } from '#addressees/persons';
import {
  accountNoticeStrip,
  type Frame,
  type FrameRenderer,
  mayDo,
  type PageOptions,
  signedInPerson,
} from '#common-base/access';
import { type Html, html, type PageAssets, pageShell } from '#platform/pages';
import { navigationFor } from './navigation.ts';
import { startPath } from './pages/paths.ts';

const productName = '予防接種事務システム';

/** Draws every page of the staff's application: head, navigation, quick search and 処理事由 around a room's part. */
export function createStaffFrame(assets: PageAssets, version: string): FrameRenderer {
  return (frame, page) => staffPage(frame, page, { assets, footer: `Sesshu ${version}` });
}

function staffPage(
  frame: Frame,
  page: PageOptions,
  fixed: { readonly assets: PageAssets; readonly footer: string },
): Html {
  const { actor, csrfToken, session } = frame;
  const isIn = actor !== null && csrfToken !== null;
  const maySearch = isIn && mayDo(actor, 'persons.search');
  const current = page.current ?? frame.path;
  const isStart = current === startPath || !isIn;
  return pageShell({
    ...fixed,
    title: page.title,
    productName,
    homeHref: startPath,
    municipality: frame.municipality,
    signedIn: isIn ? signedInPerson(frame, csrfToken) : null,
    ...(maySearch ? { accessReason: { text: session?.reason ?? null, changeHref: '/reason' } } : {}),
    navigation: isIn ? navigationFor(actor, current) : [],
    headTool: page.headTool === undefined && maySearch ? headSearch(csrfToken) : (page.headTool ?? null),
    crumbs: isStart ? [] : [{ label: 'ホーム', href: startPath }, ...(page.crumbs ?? [])],
    notices: html`${isIn ? accountNoticeStrip(session) : null}${page.notices}`,
    body: page.body,
    width: page.width ?? 'wide',
  });
}
